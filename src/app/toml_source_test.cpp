#include "app/toml_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

TEST(TomlSource, ListsWhatTheFileSetsLineByLine) {
  const auto contents = parse_toml(
      "[server]\nworkers = 2\nlisten = \"a:1\"\n\n[cors]\norigins = [\n \"*\",\n]\ncredentials = true\n");
  ASSERT_TRUE(contents.parsed);
  EXPECT_TRUE(contents.errors.empty());
  ASSERT_EQ(contents.entries.size(), 4U);
  EXPECT_EQ(contents.entries[0].key, "workers");
  EXPECT_EQ(contents.entries[0].line, 2U);
  EXPECT_EQ(contents.entries[0].value, Value(std::int64_t{2}));
  EXPECT_EQ(contents.entries[1].value, Value(std::string("a:1")));
  EXPECT_EQ(contents.entries[2].section, "cors");
  EXPECT_EQ(contents.entries[2].line, 6U);
  EXPECT_EQ(contents.entries[2].value, Value(TextList{"*"}));
  EXPECT_EQ(contents.entries[3].value, Value(true));
}

TEST(TomlSource, DottedKeysAndInlineTablesAreSectionsToo) {
  const auto contents = parse_toml("server.workers = 2\nlimits = { event_burst = 3 }\n");
  ASSERT_EQ(contents.entries.size(), 2U);
  EXPECT_EQ(contents.entries[0].section, "server");
  EXPECT_EQ(contents.entries[1].section, "limits");
  EXPECT_EQ(contents.entries[1].key, "event_burst");
}

TEST(TomlSource, SaysWhatAValueOfNoUseIs) {
  const auto contents =
      parse_toml("[a]\na = 1.5\nb = 2026-01-04\nc = [1]\nd = [\"x\", 1]\ne = {}\nf = 12:00:00\n");
  ASSERT_EQ(contents.entries.size(), 6U);
  for (const FileEntry& entry : contents.entries) EXPECT_FALSE(entry.value) << entry.key;
  EXPECT_EQ(contents.entries[0].type, "a number with a fraction");
  EXPECT_EQ(contents.entries[1].type, "a date");
  EXPECT_EQ(contents.entries[3].type, "a list with something else in it");
  EXPECT_EQ(contents.entries[4].type, "a table");
}

TEST(TomlSource, NamesTheLineWhereTheTextStopsBeingToml) {
  const auto contents = parse_toml("[server]\nworkers = 2\nlisten \n");
  EXPECT_FALSE(contents.parsed);
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].line, 3U);
  EXPECT_THAT(contents.errors[0].message, testing::StartsWith("this is not TOML: "));
}

TEST(TomlSource, ALineThatIsNoTomlHidesNoneOfTheOthers) {
  const auto contents = parse_toml(
      "[server]\nlisten = 0.0.0.0:3000\nworkers = 2\n[auth]\nissuer = https://a # ours\n"
      "[cors]\norigins = [https://b]\ncredentials = yes\n");
  ASSERT_TRUE(contents.parsed);
  ASSERT_EQ(contents.errors.size(), 4U);
  const auto line = [&](std::size_t i) { return to_text(contents.errors[i]); };
  EXPECT_EQ(contents.errors[0].line, 2U);
  EXPECT_EQ(line(0), "server.listen is text, which stands in quotation marks: listen = \"0.0.0.0:3000\"");
  EXPECT_EQ(contents.errors[1].line, 5U);
  EXPECT_EQ(line(1), "auth.issuer is text, which stands in quotation marks: issuer = \"https://a\"");
  EXPECT_EQ(contents.errors[2].line, 7U);
  EXPECT_EQ(line(2), "cors.origins is a list of text in quotation marks: origins = [\"...\", \"...\"]");
  EXPECT_EQ(contents.errors[3].line, 8U);
  EXPECT_THAT(line(3), testing::StartsWith("this is not TOML: "));
  ASSERT_EQ(contents.unreadable.size(), 4U);
  EXPECT_EQ(contents.unreadable[0], std::pair(std::string("server"), std::string("listen")));
  ASSERT_EQ(contents.entries.size(), 1U);
  EXPECT_EQ(contents.entries[0].line, 3U);
}

TEST(TomlSource, AfterTooManySuchLinesItGivesUp) {
  std::string text = "[a]\n";
  for (unsigned i = 0; i < 2 * kMaxUnreadableLines; ++i) text += "k" + std::to_string(i) + " = no text\n";
  const auto contents = parse_toml(text);
  EXPECT_FALSE(contents.parsed);
  EXPECT_EQ(contents.errors.size(), kMaxUnreadableLines + 1);
}

TEST(TomlSource, NeverQuotesASecretThatLacksItsQuotationMarks) {
  for (const char* text :
       {"[auth]\njwt_secret = trustno1\n", "[auth]\njwt_secret = \"trustno1\n",
        "[auth]\njwt_secret = trustno1", "[auth]\njwt_secret = 'trustno1\n[server]\n",
        "[auth]\njwt_secret = \"\"\"trustno1\n\n\n\n", "[auth]\njwt_secret =\ntrustno1 = x y\n"}) {
    const auto contents = parse_toml(text);
    ASSERT_FALSE(contents.errors.empty()) << text;
    for (const ConfigError& error : contents.errors)
      EXPECT_THAT(error.message, testing::Not(testing::ContainsRegex("trust|'t"))) << text;
  }
}

TEST(TomlSource, ASettingOutsideOfAnySectionIsAMistake) {
  const auto contents = parse_toml("workers = 2\n");
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].key, "workers");
  EXPECT_EQ(contents.errors[0].line, 1U);
}

TEST(TomlSource, ASectionInDoubleBracketsIsAMistake) {
  const auto contents = parse_toml("[[server]]\nworkers = 2\n");
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].key, "server");
  EXPECT_THAT(contents.errors[0].message, testing::HasSubstr("[[server]]"));
}

TEST(TomlSource, AKeySetTwiceIsAMistake) {
  const auto contents = parse_toml("[server]\nworkers = 2\nworkers = 3\n");
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].line, 3U);
}

TEST(TomlSource, BytesThatAreNotUtf8AreAMistake) {
  EXPECT_EQ(parse_toml("[server]\nlisten = \"\xff\"\n").errors.size(), 1U);
}

TEST(TomlSource, DeepNestingIsAMistakeAndNoMore) {
  EXPECT_FALSE(parse_toml("[a]\nb = " + std::string(100'000, '[')).parsed);
}

}  // namespace
}  // namespace rollcall::app
