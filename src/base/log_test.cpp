#include "base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <sstream>
#include <thread>

#include "base/json.hpp"
#include "rollcall/log.hpp"

namespace rollcall::base::log {
namespace {

constexpr std::size_t kTimeLength = std::string_view("2026-01-04T12:34:56.789Z").size();

// What `act` writes to stderr, with the log set up as given; then as it was before.
std::string written(Level least, Format format, const std::function<void()>& act) {
  configure(least, format);
  testing::internal::CaptureStderr();
  act();
  std::string text = testing::internal::GetCapturedStderr();
  configure(Level::info, Format::text);
  return text;
}

// A text line without its time.
std::string text_of(const std::function<void()>& act) {
  const std::string line = written(Level::debug, Format::text, act);
  return line.size() > kTimeLength ? line.substr(kTimeLength) : line;
}

json::object json_of(const std::function<void()>& act) {
  std::string line = written(Level::debug, Format::json, act);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  if (!line.empty()) line.pop_back();
  auto parsed = json::parse(line);
  EXPECT_TRUE(parsed.ok()) << line;
  return parsed.ok() && parsed->is_object() ? parsed->as_object() : json::object();
}

TEST(Log, ATextLineHasTheTimeTheLevelTheEventAndItsFields) {
  const std::string line = written(Level::info, Format::text, [] {
    info("client refused", {{"code", "TOKEN_EXPIRED"}});
  });
  EXPECT_THAT(line, testing::MatchesRegex("20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
                                          "\\.[0-9][0-9][0-9]Z INFO  client refused  code=TOKEN_EXPIRED\n"));
}

TEST(Log, LevelsAreOfOneWidth) {
  EXPECT_EQ(text_of([] { debug("e"); }), " DEBUG e\n");
  EXPECT_EQ(text_of([] { info("e"); }), " INFO  e\n");
  EXPECT_EQ(text_of([] { warn("e"); }), " WARN  e\n");
  EXPECT_EQ(text_of([] { error("e"); }), " ERROR e\n");
}

TEST(Log, WhatIsBelowTheLevelIsNotWritten) {
  const auto all = [] {
    debug("one");
    info("two");
    warn("three");
    error("four");
  };
  const std::string text = written(Level::warn, Format::text, all);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("two")));
  EXPECT_THAT(text, testing::HasSubstr("three"));
  EXPECT_THAT(text, testing::HasSubstr("four"));
  configure(Level::warn, Format::text);
  EXPECT_FALSE(enabled(Level::info));
  EXPECT_TRUE(enabled(Level::warn));
  configure(Level::info, Format::text);
}

TEST(Log, AValueThatIsNotOnePlainWordIsQuoted) {
  EXPECT_EQ(text_of([] { info("e", {{"a", "two words"}}); }), " INFO  e  a=\"two words\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", ""}}); }), " INFO  e  a=\"\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "x=y"}}); }), " INFO  e  a=\"x=y\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "say \"x\""}}); }), " INFO  e  a=\"say \\\"x\\\"\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "Zoë"}}); }), " INFO  e  a=\"Zoë\"\n");
}

TEST(Log, AValueCannotBeginALineOfItsOwn) {
  const std::string text = text_of([] { info("e", {{"a", "x\n2026-01-04T00:00:00.000Z INFO  forged"}}); });
  EXPECT_EQ(text, " INFO  e  a=\"x\\n2026-01-04T00:00:00.000Z INFO  forged\"\n");
}

TEST(Log, AnEventCannotBeginALineOfItsOwn) {
  EXPECT_EQ(text_of([] { info("one\ntwo"); }), " INFO  one\\ntwo\n");
}

TEST(Log, WhatATerminalWouldObeyIsEscaped) {
  EXPECT_EQ(text_of([] { info("e", {{"a", "\x1b[31m"}}); }), " INFO  e  a=\"\\u001b[31m\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "\x7f"}}); }), " INFO  e  a=\"\\u007f\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "\u009b2J"}}); }), " INFO  e  a=\"\\u009b2J\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "\u202etxt.exe"}}); }), " INFO  e  a=\"\\u202etxt.exe\"\n");
  EXPECT_EQ(text_of([] { info("e", {{"a", "\u2066\u2028"}}); }), " INFO  e  a=\"\\u2066\\u2028\"\n");
}

TEST(Log, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(text_of([] { info("e", {{"a", "\xff"}}); }), " INFO  e  a=\"\ufffd\"\n");
}

TEST(Log, ALongValueIsCut) {
  const std::string text = text_of([] { info("e", {{"a", std::string(5000, 'x')}}); });
  EXPECT_EQ(text, " INFO  e  a=\"" + std::string(kMaxValueBytes, 'x') + "...\"\n");
}

TEST(Log, NumbersAndBooleansAreBare) {
  const std::string text = text_of([] {
    info("e", {{"a", 7}, {"b", std::uint64_t{18446744073709551615U}}, {"c", -0.5}, {"d", true}});
  });
  EXPECT_EQ(text, " INFO  e  a=7 b=18446744073709551615 c=-0.5 d=true\n");
}

TEST(Log, AJsonLineIsAnObjectWithTheSameParts) {
  const json::object line = json_of([] {
    warn("client refused", {{"code", "say \"x\"\n"}, {"count", 3}, {"share", 0.25}, {"tls", false}});
  });
  EXPECT_EQ(line.at("time").as_string().size(), kTimeLength);
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("event"), "client refused");
  EXPECT_EQ(line.at("code"), "say \"x\"\n");
  EXPECT_EQ(line.at("count"), 3);
  EXPECT_EQ(line.at("share"), 0.25);
  EXPECT_EQ(line.at("tls"), false);
}

TEST(Log, JsonWritesWhatIsNotFiniteAsText) {
  const json::object line = json_of([] { info("e", {{"a", std::numeric_limits<double>::quiet_NaN()}}); });
  EXPECT_EQ(line.at("a"), "nan");
}

TEST(Log, PerCentSignsAndBracesAreNothingSpecial) {
  EXPECT_EQ(text_of([] { info("{} %v", {{"a", "{0}%n"}}); }), " INFO  {} %v  a={0}%n\n");
}

TEST(Log, AnEmbedderMayTakeTheLinesOrHaveFewer) {
  std::vector<std::string> lines;
  const auto act = [&] {
    set_log_sink([&](LogLevel level, std::string_view line) {
      lines.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(line));
    });
    info("ended", {{"why", "a b"}});
    debug("not now");
    set_log_level(LogLevel::error);
    warn("not now");
    error("broken");
    set_log_level(LogLevel::off);
    error("not now");
    set_log_sink(nullptr);
    set_log_level(LogLevel::debug);
    info("here again");
  };
  const std::string text = written(Level::info, Format::text, act);
  EXPECT_EQ(text.substr(kTimeLength), " INFO  here again\n");
  EXPECT_EQ(lines, (std::vector<std::string>{R"(1 ended  why="a b")", "3 broken"}));
}

TEST(Log, AnEventThatIsRepeatedAtWillGetsFewLinesAndASummary) {
  const Instant now{seconds(50)};
  const std::string text = written(Level::info, Format::text, [&] {
    for (int i = 0; i < 1000; ++i) {
      if (sampled(Level::warn, "connection refused", "BAD", now))
        warn("connection refused", {{"code", "BAD"}});
    }
    EXPECT_FALSE(sampled(Level::debug, "not enabled", "BAD", now));
    write_summaries(now + seconds(10));
    write_all_summaries(now + seconds(10));
  });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  EXPECT_THAT(text,
              testing::HasSubstr(" WARN  connection refused, repeated  code=BAD count=995 since_s=10\n"));
}

TEST(Log, LinesOfSeveralThreadsDoNotMix) {
  const std::string text = written(Level::info, Format::text, [] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int n = 0; n < 50; ++n) info("event", {{"a", "value"}});
      });
    }
    for (auto& thread : threads) thread.join();
  });
  std::istringstream lines(text);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_EQ(line.substr(kTimeLength), " INFO  event  a=value");
  }
  EXPECT_EQ(count, 200);
}

}  // namespace
}  // namespace rollcall::base::log
