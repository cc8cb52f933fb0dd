#include "socketio/json_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::socketio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

bool whole(std::string_view text) {
  return scan_value(text, 0) == text.size();
}

TEST(JsonScan, ValuesOfEveryKindPass) {
  for (const char* good : {"null",         "true",
                           "false",        "0",
                           "-0",           "10",
                           "1.5",          "-1.25e+10",
                           "1E-2",         "0e0",
                           "1e999",        "\"\"",
                           "\"a\"",        R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")",
                           "\"\xC3\xA9\"", "\"\x7F\"",
                           "[]",           "{}",
                           "[ 1 , 2 ]",    "{\"a\" : [ { } ] , \"a\":2}",
                           " \t\r\n1"}) {
    EXPECT_TRUE(whole(good)) << good;
  }
}

TEST(JsonScan, WhatIsNotJsonDoesNot) {
  for (const char* bad : {"",          " ",      "nul",       "True",      "NaN",         "Infinity",
                          "undefined", "+1",     ".5",        "1.",        "1.e1",        "1e",
                          "1e+",       "-",      "01",        "0x1",       "'a'",         "\"",
                          "\"a",       "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"",
                          "\"\x1e\"",  "[",      "[1",        "[1,",       "[1,]",        "[,1]",
                          "[1 2]",     "[1}",    "{",         "{\"a\"",    "{\"a\":",     "{\"a\":1,}",
                          "{a:1}",     "{1:1}",  "{\"a\" 1}", "{\"a\":}",  "]",           "/**/1"}) {
    EXPECT_FALSE(whole(bad)) << bad;
  }
}

TEST(JsonScan, StopsWhereTheValueEnds) {
  EXPECT_EQ(scan_value(R"(["a"], 12)", 0), 5U);
  EXPECT_EQ(scan_value(R"(["a"], 12)", 6), 9U);
  EXPECT_EQ(scan_value("12", 2), std::nullopt);
}

TEST(JsonScan, NoValueCutShortPasses) {
  const std::string text = R"({"a":[1.5e3,true,null,"x\u00e9\n"],"b":{"c":-0}})";
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(scan_value(text.substr(0, length), 0), std::nullopt) << length;
  }
  EXPECT_TRUE(scan_object(text));
}

TEST(JsonScan, DepthIsBoundedInArraysAndObjectsAlike) {
  EXPECT_TRUE(whole(nested(kMaxJsonDepth)));
  EXPECT_FALSE(whole(nested(kMaxJsonDepth + 1)));
  std::string objects;
  for (std::size_t i = 0; i < kMaxJsonDepth + 1; ++i) objects += "{\"a\":";
  EXPECT_FALSE(whole(objects + "1" + std::string(kMaxJsonDepth + 1, '}')));
  std::vector<std::string_view> elements;
  EXPECT_TRUE(scan_array(nested(kMaxJsonDepth), elements));
  EXPECT_FALSE(scan_array(nested(kMaxJsonDepth + 1), elements));
  EXPECT_FALSE(whole(std::string(1'000'000, '[')));
}

TEST(JsonScan, AnArrayGivesItsElementsAsTheyStand) {
  std::vector<std::string_view> elements;
  ASSERT_TRUE(scan_array(R"( [ "a" , 1.50,{"b": [2, 3]},null ] )", elements));
  EXPECT_THAT(elements, ElementsAre("\"a\"", "1.50", R"({"b": [2, 3]})", "null"));
  elements.clear();
  ASSERT_TRUE(scan_array("[ ]", elements));
  EXPECT_THAT(elements, IsEmpty());
  for (const char* bad : {"", "{}", "1", "[]]", "[] x", "[1],", "\"[]\""}) {
    EXPECT_FALSE(scan_array(bad, elements)) << bad;
  }
}

TEST(JsonScan, OnlyOneWholeObjectIsAnObject) {
  for (const char* good : {"{}", " { } ", R"({"token":"abc"})"}) EXPECT_TRUE(scan_object(good)) << good;
  for (const char* bad : {"", "[]", "null", "{}{}", "{},", "{} 1"}) EXPECT_FALSE(scan_object(bad)) << bad;
}

TEST(JsonScan, EscapedLoneSurrogatesPassAndBecomeTheReplacementCharacter) {
  EXPECT_TRUE(whole(R"("\ud800")"));
  const std::string replacement = "\xEF\xBF\xBD";
  EXPECT_EQ(decode_string(R"("\ud800")"), replacement);
  EXPECT_EQ(decode_string(R"("\udc00\ud800")"), replacement + replacement);
  EXPECT_EQ(decode_string(R"("\ud800\ud83d\ude00")"), replacement + "\xF0\x9F\x98\x80");
  EXPECT_EQ(decode_string(R"("\ud800\n")"), replacement + "\n");
  EXPECT_EQ(decode_string(R"("\ud800x")"), replacement + "x");
}

TEST(JsonScan, EveryEscapeIsDecoded) {
  EXPECT_EQ(decode_string(R"("")"), "");
  EXPECT_EQ(decode_string(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(decode_string(R"("\u0041\u00e9\u20AC\uD83D\uDE00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(decode_string(R"("a\u0000b")"), std::string("a\0b", 3));
}

TEST(JsonScan, PlaceholdersFitIfTheirNumberIsAnIndex) {
  for (const char* num : {"0", "1", "-0", "1.0", "1e0", "10e-1"}) {
    const std::string json = R"([{"_placeholder":true,"num":)" + std::string(num) + "}]";
    EXPECT_TRUE(placeholders_fit(json, 2)) << num;
  }
  for (const char* num : {"2", "-1", "0.5", "1e1", "1e999", "1e-999", "18446744073709551616", "\"0\"", "null",
                          "true", "[0]", "{}"}) {
    const std::string json = R"([{"_placeholder":true,"num":)" + std::string(num) + "}]";
    EXPECT_FALSE(placeholders_fit(json, 2)) << num;
  }
  EXPECT_FALSE(placeholders_fit(R"([{"_placeholder":true}])", 2)) << "no number at all";
}

TEST(JsonScan, PlaceholdersAreFoundAnywhereAndHoweverSpelt) {
  for (const char* unfit :
       {R"([{"a":[1,{"b":{"num":9,"_placeholder":true}}]}])", R"([ { "_placeholder" : true , "num" : 9 } ])",
        R"([{"\u005fplaceholder":true,"n\u0075m":9}])",
        R"([{"_placeholder":false,"_placeholder":true,"num":9}])",
        R"([{"num":0,"num":9,"_placeholder":true}])",
        R"([{"x":"]}\"","y":{"_placeholder":true,"num":9}}])"}) {
    EXPECT_FALSE(placeholders_fit(unfit, 2)) << unfit;
  }
}

TEST(JsonScan, WhatOnlyLooksLikeAPlaceholderIsData) {
  for (const char* data : {"[]", R"(["_placeholder",true,"num",9])", R"([{"_placeholder":false,"num":9}])",
                           R"([{"_placeholder":"true","num":9}])", R"([{"_placeholder":1,"num":9}])",
                           R"([{"_placeholder":[true],"num":9}])", R"(["{\"_placeholder\":true,\"num\":9}"])",
                           R"([{"num":9}])"}) {
    EXPECT_TRUE(placeholders_fit(data, 2)) << data;
  }
}

TEST(JsonScan, PlaceholdersMayStandBesideLoneSurrogatesAndDeepInside) {
  EXPECT_TRUE(placeholders_fit(R"(["\ud800",{"_placeholder":true,"num":0}])", 1));
  const std::string deep = std::string(kMaxJsonDepth - 1, '[') + R"({"_placeholder":true,"num":7})" +
                           std::string(kMaxJsonDepth - 1, ']');
  EXPECT_TRUE(placeholders_fit(deep, 8));
  EXPECT_FALSE(placeholders_fit(deep, 7));
}

}  // namespace
}  // namespace rollcall::socketio
