#include "socketio/packet.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rollcall::socketio {
namespace {

// What a packet says, in one line; or the fault.
std::string show(std::string_view text) {
  const auto packet = parse_packet(text);
  if (!packet) return std::string("fault: ") + describe(packet.error());
  std::string line(1, static_cast<char>(packet->type));
  line += " " + std::string(packet->nsp);
  line += packet->id ? " #" + std::to_string(*packet->id) : "";
  line += packet->attachments ? " +" + std::to_string(packet->attachments) : "";
  return packet->json.empty() ? line : line + " " + std::string(packet->json);
}

bool faulty(std::string_view text) {
  return !parse_packet(text).ok();
}

TEST(Packet, TheExamplesOfTheProtocolParse) {
  EXPECT_EQ(show("0"), "0 /");
  EXPECT_EQ(show(R"(0/admin,{"token":"abc"})"), R"(0 /admin {"token":"abc"})");
  EXPECT_EQ(show(R"(2["hello",1,{"a":true}])"), R"(2 / ["hello",1,{"a":true}])");
  EXPECT_EQ(show(R"(2/admin,12["hello"])"), R"(2 /admin #12 ["hello"])");
  EXPECT_EQ(show(R"(3/admin,12["fine"])"), R"(3 /admin #12 ["fine"])");
  EXPECT_EQ(show(R"(51-/admin,7["up",{"_placeholder":true,"num":0}])"),
            R"(5 /admin #7 +1 ["up",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(show(R"(61-/admin,7[{"_placeholder":true,"num":0}])"),
            R"(6 /admin #7 +1 [{"_placeholder":true,"num":0}])");
  EXPECT_EQ(show("1/admin,"), "1 /admin");
}

TEST(Packet, ANamespaceReachesToTheCommaOrTheEnd) {
  EXPECT_EQ(show("0/admin"), "0 /admin");
  EXPECT_EQ(show("0/admin,"), "0 /admin");
  EXPECT_EQ(show("2/admin,"), "2 /admin");  // passes, and names no event
  EXPECT_TRUE(faulty("0/" + std::string(kMaxNamespaceBytes, 'x')));
}

TEST(Packet, NamespacesAreKeptAsTheyAreTheirQueryAndLongestNameIncluded) {
  EXPECT_EQ(show("0/,{}"), "0 / {}");
  EXPECT_EQ(show("0/admin?x=1,{}"), "0 /admin?x=1 {}");
  const std::string longest = "/" + std::string(kMaxNamespaceBytes - 1, 'x');
  EXPECT_EQ(show("0" + longest), "0 " + longest);
  EXPECT_EQ(show("2/12,3[\"a\"]"), "2 /12 #3 [\"a\"]");
}

TEST(Packet, IsAFaultIfOfAnUnknownType) {
  for (const char* bad : {"", "7", "9[]", "a", "abc", " 0", "-"}) EXPECT_TRUE(faulty(bad)) << bad;
}

TEST(Packet, EachFaultSaysWhichRuleWasBroken) {
  const std::vector<std::pair<std::string, Fault>> rules = {
      {"7", Fault::unknown_type},
      {"5[\"a\"]", Fault::bad_attachment_count},
      {"0/" + std::string(kMaxNamespaceBytes, 'x'), Fault::bad_namespace},
      {"29007199254740992[\"a\"]", Fault::bad_ack_id},
      {"2{}", Fault::bad_json},
      {"3{}", Fault::bad_json},
      {"0null", Fault::bad_json},
      {"2[\"a\"", Fault::bad_json},
      {"2[]", Fault::bad_event_name},
      {"2[null]", Fault::bad_event_name},
      {"2[\"connect\"]", Fault::reserved_event_name},
      {"1{}", Fault::unexpected_payload},
      {"4{}", Fault::from_server_only},
      {"51-[\"a\",{\"_placeholder\":true,\"num\":1}]", Fault::bad_placeholder},
  };
  for (const auto& [text, fault] : rules) {
    EXPECT_EQ(show(text), std::string("fault: ") + describe(fault)) << text;
  }
}

TEST(Packet, AcksMayBeEmptyAndNeedNoJson) {
  EXPECT_EQ(show("30[]"), "3 / #0 []");
  EXPECT_EQ(show("3/admin,5"), "3 /admin #5");
}

TEST(Packet, GivesTheEventNameAndTheArgumentsAsTheyStand) {
  const auto packet = parse_packet(R"(2[ "a\u0062" , 1 ,"x" ] )");
  ASSERT_TRUE(packet.ok());
  EXPECT_EQ(packet->name, R"("a\u0062")");
  EXPECT_EQ(packet->args, R"(1 ,"x")");
  const auto ack = parse_packet("30[ 1 ,2 ]");
  ASSERT_TRUE(ack.ok());
  EXPECT_EQ(ack->name, "");
  EXPECT_EQ(ack->args, "1 ,2");
}

TEST(Packet, WhoseJsonIsNotOfItsKindIsAFault) {
  for (const char* bad :
       {"2{}", "2[]", "2[null]", "2[true]", "2[{}]", "2[[]]", "3{}", "1{}", "1[]", "0[1]", "0null", "0\"a\"",
        "2[\"a\"", "2[\"a\"]x", "2[\"a\",]", "2['a']", "2[\"a\x01\"]", "3null"}) {
    EXPECT_TRUE(faulty(bad)) << bad;
  }
}

TEST(Packet, OnlyServersSendConnectError) {
  EXPECT_TRUE(faulty(R"(4{"message":"x"})"));
}

TEST(Packet, EventNamesAreStringsOrNumbersAndNotReserved) {
  EXPECT_FALSE(faulty("2[1]"));
  EXPECT_FALSE(faulty("2[\"\"]"));
  for (const char* name :
       {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
    EXPECT_TRUE(faulty("2[\"" + std::string(name) + "\"]")) << name;
  }
  EXPECT_TRUE(faulty(R"(2["\u0063onnect"])")) << "escapes hide nothing";
}

TEST(Packet, AttachmentCountsAreOneToTenWithADash) {
  for (const char* bad : {"5[\"a\"]", "5-[\"a\"]", "50-[\"a\"]", "511-[\"a\"]", "51[\"a\"]", "5x-[\"a\"]",
                          "599999999999999999999-[\"a\"]", "51-"}) {
    EXPECT_TRUE(faulty(bad)) << bad;
  }
  EXPECT_FALSE(faulty("510-[\"a\"]"));
  EXPECT_FALSE(faulty("51-[\"a\"]")) << "an attachment that no placeholder names";
}

TEST(Packet, PlaceholdersMustNameAnAttachment) {
  EXPECT_TRUE(faulty(R"(51-["a",{"_placeholder":true,"num":1}])"));
  EXPECT_TRUE(faulty(R"(51-["a",{"_placeholder":true,"num":-1}])"));
  EXPECT_TRUE(faulty(R"(51-["a",{"_placeholder":true,"num":0.5}])"));
  EXPECT_TRUE(faulty(R"(51-["a",[{"deep":{"_placeholder":true}}]])"));
  EXPECT_FALSE(faulty(R"(51-["a",[{"deep":{"_placeholder":true,"num":0}}]])"));
}

TEST(Packet, AckIdsAreExactUpToTheLargestThatJavaScriptHasAndAFaultBeyond) {
  EXPECT_EQ(show("29007199254740991[\"a\"]"), "2 / #9007199254740991 [\"a\"]");
  EXPECT_TRUE(faulty("29007199254740992[\"a\"]"));
  EXPECT_TRUE(faulty("2" + std::string(400, '9') + "[\"a\"]"));
}

TEST(Packet, EscapedLoneSurrogatesPassAndDeepNestingDoesNot) {
  EXPECT_FALSE(faulty(R"(2["a","\ud800"])"));
  EXPECT_TRUE(faulty("2[\"a\"," + std::string(100, '[') + std::string(100, ']') + "]"));
  EXPECT_TRUE(faulty("2[\"a\"," + std::string(100'000, '[')));
}

TEST(PacketBounds, AttachmentCountsMayHaveLeadingZerosAndStillAreBounded) {
  EXPECT_EQ(parse_packet("501-[\"a\"]")->attachments, 1U);
  EXPECT_FALSE(parse_packet("5011-[\"a\"]").ok());
  EXPECT_FALSE(parse_packet("500-[\"a\"]").ok());
}

}  // namespace
}  // namespace rollcall::socketio
