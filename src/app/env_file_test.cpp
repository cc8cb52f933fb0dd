#include "app/env_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

std::string value_of(const std::string& line) {
  const EnvFile file = parse_env_file(line);
  EXPECT_THAT(file.mistakes, IsEmpty()) << line;
  return file.variables.size() == 1 ? file.variables[0].value : "(not one variable)";
}

TEST(EnvFile, HasAVariableALineAndComments) {
  const EnvFile file = parse_env_file("# a comment\n\n; another \\\n that goes on\nA=1\n  B = 2  \n\nA=3");
  EXPECT_THAT(file.mistakes, IsEmpty());
  ASSERT_EQ(file.variables.size(), 3U);
  EXPECT_EQ(file.variables[0].name, "A");
  EXPECT_EQ(file.variables[0].line, 5U);
  EXPECT_EQ(file.variables[1].name, "B");
  EXPECT_EQ(file.variables[1].value, "2");
  EXPECT_EQ(file.variables[2].value, "3");
  EXPECT_EQ(file.variables[2].line, 8U);
}

TEST(EnvFile, ValuesAreReadAsSystemdReadsThem) {
  EXPECT_EQ(value_of("A="), "");
  EXPECT_EQ(value_of("A=a b # c"), "a b # c");
  EXPECT_EQ(value_of("A=a=b=="), "a=b==");
  EXPECT_EQ(value_of("A=it's"), "it's");
  EXPECT_EQ(value_of("A='a \"b\" \\n' "), "a \"b\" \\n");
  EXPECT_EQ(value_of("A=\"a 'b' \\\"c\\\" \\$ \\n\""), "a 'b' \"c\" $ \\n");
  EXPECT_EQ(value_of("A=\"two\nlines\""), "two\nlines");
  EXPECT_EQ(value_of("A=one\\\ntwo"), "onetwo");
  EXPECT_EQ(value_of("A=a\\b\\\\"), "ab\\");
  EXPECT_EQ(value_of("A=value\r\n"), "value");
}

TEST(EnvFile, ALineThatSetsNothingIsAMistakeThatQuotesNoValue) {
  EXPECT_THAT(parse_env_file("export JWT_SECRET=hush\nJWT_SECRET\nA-B=hush\nA=1\n").mistakes,
              ElementsAre(Pair(1U, "begins with export, which is for shells: write NAME=VALUE alone"),
                          Pair(2U, "has no = in it: variables are written NAME=VALUE"),
                          Pair(3U, StartsWith("sets \"A-B\", which is not a name"))));
}

TEST(EnvFile, WhatIsWrittenIsReadBack) {
  for (const char* value : {"", "plain", "a b", "$(x) `y` \"z\" \\ '", " ends "}) {
    EXPECT_EQ(value_of(env_line("NAME", value)), value);
  }
}

}  // namespace
}  // namespace rollcall::app
