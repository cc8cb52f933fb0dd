#include "net/log_writer.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "rollcall/log.hpp"

namespace rollcall::net {
namespace {

namespace log = base::log;

constexpr int kWaitMs = 10'000;

// A descriptor of this process that leads into a pipe meanwhile, as small as the system has it.
class Piped {
 public:
  explicit Piped(int descriptor) : descriptor_(descriptor), before_(dup(descriptor)) { renew(); }
  ~Piped() {
    dup2(before_, descriptor_);
    close(before_);
    close_reader();
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;

  void renew() {
    close_reader();
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    fcntl(ends[1], F_SETPIPE_SZ, 4096);
    dup2(ends[1], descriptor_);
    close(ends[1]);
    reader_ = ends[0];
  }
  void fill() {
    const int flags = fcntl(descriptor_, F_GETFL);
    fcntl(descriptor_, F_SETFL, flags | O_NONBLOCK);
    while (write(descriptor_, "x", 1) == 1) {
    }
    fcntl(descriptor_, F_SETFL, flags);
  }
  void close_reader() {
    if (reader_ >= 0) close(std::exchange(reader_, -1));
  }
  // What came, until `word` is in it.
  std::string read_until(std::string_view word) {
    std::string text;
    while (text.find(word) == std::string::npos) {
      pollfd asked{reader_, POLLIN, 0};
      if (poll(&asked, 1, kWaitMs) <= 0) {
        ADD_FAILURE() << "never came: " << word << "; but: " << text.substr(0, 500);
        break;
      }
      std::array<char, 65536> bytes{};
      const ssize_t got = read(reader_, bytes.data(), bytes.size());
      if (got <= 0) break;
      text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int descriptor_;
  int before_;
  int reader_ = -1;
};

void await_lost(std::uint64_t least) {
  while (log::lines_lost() < least) std::this_thread::yield();
}

TEST(LogWriter, LinesComeOutInTheirOrderAndWhole) {
  Piped err(STDERR_FILENO);
  const auto writer = LogWriter::lease();
  for (int i = 0; i < 500; ++i) log::info("line", {{"number", i}, {"filler", std::string(200, 'x')}});
  const std::string text = err.read_until("number=499 ");
  std::size_t at = 0;
  for (int i = 0; i < 500; ++i) {
    at = text.find("line  number=" + std::to_string(i) + " filler=xxx", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(LogWriter, AReaderThatIsStuckHoldsUpNobodyAndIsToldWhatItMissed) {
  Piped err(STDERR_FILENO);
  const auto writer = LogWriter::lease();
  const std::uint64_t before = log::lines_lost();
  const std::string filler(1000, 'x');
  for (int i = 0; i < 3000; ++i) log::info("flood", {{"filler", filler}});  // would wait for ever
  const std::uint64_t lost = log::lines_lost() - before;
  EXPECT_GT(lost, 1000U);
  EXPECT_THAT(err.read_until("log lines lost  count=" + std::to_string(lost)),
              testing::HasSubstr("reason=\"the reader of the log is slow\""));
}

TEST(LogWriter, AReaderThatHasGoneEndsNothingAndItsSuccessorIsToldWhatWasLost) {
  Piped err(STDERR_FILENO);
  const auto writer = LogWriter::lease();
  const std::uint64_t before = log::lines_lost();
  err.close_reader();
  for (int i = 0; i < 3; ++i) log::info("into the void");
  await_lost(before + 3);
  err.renew();
  const std::string text = err.read_until("log lines lost  count=3");
  EXPECT_THAT(text, testing::HasSubstr("reason=\"Broken pipe\""));
}

TEST(LogWriter, AClosedStderrEndsNothing) {
  Piped err(STDERR_FILENO);
  const auto writer = LogWriter::lease();
  const std::uint64_t before = log::lines_lost();
  close(STDERR_FILENO);
  log::info("into the void");
  await_lost(before + 1);
}

TEST(LogWriter, WhatIsPrintedGoesToStdoutAndAStdoutThatIsClosedIsTold) {
  Piped err(STDERR_FILENO);
  Piped out(STDOUT_FILENO);
  const auto writer = LogWriter::lease();
  writer->print("ready\n");
  EXPECT_EQ(out.read_until("\n"), "ready\n");
  out.close_reader();
  writer->print("ready\n");
  EXPECT_THAT(err.read_until("stdout cannot be written"), testing::HasSubstr("reason=\"Broken pipe\""));
}

TEST(LogWriter, WhatIsPrintedDoesNotWaitForAStderrThatIsStuck) {
  Piped err(STDERR_FILENO);
  Piped out(STDOUT_FILENO);
  const auto writer = LogWriter::lease();
  for (int i = 0; i < 100; ++i) log::info("flood", {{"filler", std::string(1000, 'x')}});
  writer->print("ready\n");
  EXPECT_EQ(out.read_until("\n"), "ready\n");
  out.close_reader();
  writer->print("again\n");
  EXPECT_THAT(err.read_until("stdout cannot be written"), testing::HasSubstr("reason=\"Broken pipe\""));
}

TEST(LogWriter, WhatIsPrintedRightAfterALineDoesNotWaitForAStderrThatIsStuck) {
  Piped err(STDERR_FILENO);
  Piped out(STDOUT_FILENO);
  err.fill();
  const auto writer = LogWriter::lease();
  // More than the pipe holds: the next two come in one batch, after it was read.
  writer->print(std::string(10'000, 'x') + "\n");
  log::info("stuck");
  writer->print("ready\n");
  EXPECT_TRUE(out.read_until("ready\n").ends_with("x\nready\n"));
}

TEST(LogWriter, ItsEndWaitsForWhatIsQueuedButNotForAStuckReader) {
  Piped err(STDERR_FILENO);
  LogWriter::lease().reset();
  auto writer = LogWriter::lease();
  log::info("the last line");
  writer.reset();
  EXPECT_THAT(err.read_until("the last line"), testing::HasSubstr("INFO"));

  writer = LogWriter::lease();
  for (int i = 0; i < 100; ++i) log::info("flood", {{"filler", std::string(1000, 'x')}});
  writer.reset();  // returns
}

TEST(LogWriter, AnEmbeddersSinkIsCalledByTheWriterAndHasAllItsLinesWhenItIsReplaced) {
  const auto writer = LogWriter::lease();
  std::vector<std::string> lines;
  std::thread::id by;
  set_log_sink([&](LogLevel, std::string_view line) {
    lines.emplace_back(line);
    by = std::this_thread::get_id();
  });
  for (int i = 0; i < 3; ++i) log::info("line", {{"number", i}});
  set_log_sink(nullptr);
  EXPECT_EQ(lines, (std::vector<std::string>{"line  number=0", "line  number=1", "line  number=2"}));
  EXPECT_NE(by, std::this_thread::get_id());
}

TEST(LogWriter, SummariesOfRepeatedEventsComeOutAtTheEnd) {
  Piped err(STDERR_FILENO);
  auto writer = LogWriter::lease();
  for (int i = 0; i < 9; ++i) log::sampled(log::Level::info, "refused", "X", Instant{});
  writer.reset();
  EXPECT_THAT(err.read_until("repeated"), testing::HasSubstr("refused, repeated  code=X count=4"));
}

TEST(Log, WithoutAWriterAReaderThatHasGoneCostsALineAndNotTheProcess) {
  Piped err(STDERR_FILENO);
  err.close_reader();
  const std::uint64_t before = log::lines_lost();
  log::info("into the void");
  EXPECT_EQ(log::lines_lost(), before + 1);
}

}  // namespace
}  // namespace rollcall::net
