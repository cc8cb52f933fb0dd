#include "app/toml_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

TEST(TomlSource, lists_what_the_file_sets_line_by_line) {
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

TEST(TomlSource, dotted_keys_and_inline_tables_are_sections_too) {
  const auto contents = parse_toml("server.workers = 2\nlimits = { event_burst = 3 }\n");
  ASSERT_EQ(contents.entries.size(), 2U);
  EXPECT_EQ(contents.entries[0].section, "server");
  EXPECT_EQ(contents.entries[1].section, "limits");
  EXPECT_EQ(contents.entries[1].key, "event_burst");
}

TEST(TomlSource, says_what_a_value_of_no_use_is) {
  const auto contents =
      parse_toml("[a]\na = 1.5\nb = 2026-01-04\nc = [1]\nd = [\"x\", 1]\ne = {}\nf = 12:00:00\n");
  ASSERT_EQ(contents.entries.size(), 6U);
  for (const FileEntry& entry : contents.entries) EXPECT_FALSE(entry.value) << entry.key;
  EXPECT_EQ(contents.entries[0].type, "a number with a fraction");
  EXPECT_EQ(contents.entries[1].type, "a date");
  EXPECT_EQ(contents.entries[3].type, "a list with something else in it");
  EXPECT_EQ(contents.entries[4].type, "a table");
}

TEST(TomlSource, names_the_line_where_the_text_stops_being_toml) {
  const auto contents = parse_toml("[server]\nworkers = 2\nlisten = = 3\n");
  EXPECT_FALSE(contents.parsed);
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].line, 3U);
  EXPECT_THAT(contents.errors[0].message, testing::StartsWith("this is not TOML: "));
}

TEST(TomlSource, never_quotes_a_secret_that_lacks_its_quotation_marks) {
  for (const char* text :
       {"[auth]\njwt_secret = trustno1\n", "[auth]\njwt_secret = \"trustno1\n",
        "[auth]\njwt_secret = trustno1", "[auth]\njwt_secret = 'trustno1\n[server]\n",
        "[auth]\njwt_secret = \"\"\"trustno1\n\n\n\n", "[auth]\njwt_secret =\ntrustno1 = x y\n"}) {
    const auto contents = parse_toml(text);
    ASSERT_EQ(contents.errors.size(), 1U) << text;
    EXPECT_THAT(contents.errors[0].message, testing::Not(testing::ContainsRegex("trust|'t"))) << text;
  }
}

TEST(TomlSource, a_setting_outside_of_any_section_is_a_mistake) {
  const auto contents = parse_toml("workers = 2\n");
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].key, "workers");
  EXPECT_EQ(contents.errors[0].line, 1U);
}

TEST(TomlSource, a_section_in_double_brackets_is_a_mistake) {
  const auto contents = parse_toml("[[server]]\nworkers = 2\n");
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].key, "server");
  EXPECT_THAT(contents.errors[0].message, testing::HasSubstr("[[server]]"));
}

TEST(TomlSource, a_key_set_twice_is_a_mistake) {
  const auto contents = parse_toml("[server]\nworkers = 2\nworkers = 3\n");
  ASSERT_EQ(contents.errors.size(), 1U);
  EXPECT_EQ(contents.errors[0].line, 3U);
}

TEST(TomlSource, bytes_that_are_not_utf8_are_a_mistake) {
  EXPECT_FALSE(parse_toml("[server]\nlisten = \"\xff\"\n").parsed);
}

TEST(TomlSource, deep_nesting_is_a_mistake_and_no_more) {
  EXPECT_FALSE(parse_toml("[a]\nb = " + std::string(100'000, '[')).parsed);
}

}  // namespace
}  // namespace rollcall::app
