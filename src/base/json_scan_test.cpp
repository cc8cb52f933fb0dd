#include "base/json_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::base {
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

TEST(JsonScan, SeveralValuesHaveCommasInBetween) {
  for (const char* good : {"1", " 1 , [2] ", R"("a","b",{})"}) EXPECT_TRUE(scan_values(good)) << good;
  for (const char* bad : {"", ",", "1,", ",1", "1 2", "1,,2", "[1", "1]"})
    EXPECT_FALSE(scan_values(bad)) << bad;
}

TEST(JsonScan, MembersComeAsTheyStandAndInTheirOrder) {
  std::vector<std::string> members;
  const auto scan = [&](std::string_view text) {
    members.clear();
    return scan_members(text, [&](std::string_view name, std::string_view value) {
      members.push_back(std::string(name) + "=" + std::string(value));
    });
  };
  EXPECT_EQ(scan(R"( { "a" : 1e400 , "\u0061": [ -0,{"b":3.14} ],"a":"x"} )"), std::nullopt);
  EXPECT_THAT(members, ElementsAre(R"("a"=1e400)", R"("\u0061"=[ -0,{"b":3.14} ])", R"("a"="x")"));
  EXPECT_EQ(scan("{}"), std::nullopt);
  EXPECT_THAT(members, IsEmpty());
}

TEST(JsonScan, AFaultSaysWhereItIs) {
  const auto fault = [](std::string_view text) {
    return scan_members(text, [](std::string_view, std::string_view) {});
  };
  const std::pair<const char*, std::size_t> faults[] = {
      {"", 0}, {"[]", 0}, {"{", 1}, {R"({"a":tru})", 5}, {R"({"a":1,})", 7}, {R"({"a":1} x)", 8}};
  for (const auto& [text, at] : faults) {
    ASSERT_TRUE(fault(text)) << text;
    EXPECT_EQ(fault(text)->at, at) << text;
    EXPECT_FALSE(fault(text)->too_deep) << text;
  }
  EXPECT_TRUE(fault("{\"a\":" + nested(kMaxJsonDepth) + "}")->too_deep);
  EXPECT_EQ(fault("{\"a\":" + nested(kMaxJsonDepth - 1) + "}"), std::nullopt);
}

}  // namespace
}  // namespace rollcall::base
