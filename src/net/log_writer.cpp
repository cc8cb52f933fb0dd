#include "net/log_writer.hpp"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "net/loop.hpp"
#include "net/thread.hpp"

namespace rollcall::net {
namespace {

namespace log = base::log;
using log::Line;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kTick{1000};
constexpr seconds kConsolePatience{5};
// A writable pipe accepts at least this much without blocking. The descriptors are shared with other
// processes, so we cannot make them non-blocking.
constexpr std::size_t kPiece = PIPE_BUF;

std::size_t cost_of(const Line& line) {
  return line.text.size() + sizeof line;
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

// The queue between logging threads and the writing thread.
class LogWriter::Queue final : public log::Output {
 public:
  void take(Line line) override;
  void flush() override;
  // The thread's.
  void run();
  // True if the thread has come to its end.
  bool end();

 private:
  bool over();
  std::deque<Line> next_batch();
  void write_batch();
  void write_line(const Line& line);
  void print(const Line& line);
  void print_what_waits();
  void put_log(std::string& text, std::size_t& cost);
  bool put(int descriptor, std::string_view text, Clock::time_point until = Clock::time_point::max());
  bool wait_until_writable(int descriptor, Clock::time_point until);
  void tell_lost();
  void lose(std::uint64_t lines, int error);
  void release(std::size_t cost);
  void release(const Line& line);

  std::mutex mutex_;
  std::condition_variable something_;
  std::condition_variable progress_;
  std::deque<Line> lines_;
  std::size_t bytes_ = 0;       // of those, and of what the thread has taken and not written yet
  std::size_t for_stdout_ = 0;  // of those lines
  std::uint64_t dropped_ = 0;
  bool waiting_ = false;
  bool ending_ = false;
  bool ended_ = false;
  Clock::time_point last_moment_{};

  // Of the thread alone.
  std::deque<Line> batch_;    // taken, and not written yet
  std::uint64_t untold_ = 0;  // lines lost, and not told yet
  int reason_ = 0;            // errno of the last failed write; 0: the queue was full
};

void LogWriter::Queue::take(Line line) {
  const std::lock_guard lock(mutex_);
  if (bytes_ + cost_of(line) > kMostBytes) {
    ++dropped_;
    log::count_lost(1);
    return;
  }
  bytes_ += cost_of(line);
  if (line.to == Line::To::console) ++for_stdout_;
  lines_.push_back(std::move(line));
  if (waiting_) something_.notify_one();
}

void LogWriter::Queue::flush() {
  std::unique_lock lock(mutex_);
  progress_.wait_for(lock, kFlush, [this] { return bytes_ == 0 || ended_; });
}

bool LogWriter::Queue::end() {
  std::unique_lock lock(mutex_);
  ending_ = true;
  last_moment_ = Clock::now() + kFlush;
  something_.notify_one();
  // Slightly longer than kFlush: the thread gives up by itself, unless it is stuck in a write.
  return progress_.wait_for(lock, kFlush + milliseconds(200), [this] { return ended_; });
}

// Asked to end, and the time to flush is over.
bool LogWriter::Queue::over() {
  const std::lock_guard lock(mutex_);
  return ending_ && Clock::now() >= last_moment_;
}

void LogWriter::Queue::lose(std::uint64_t lines, int error) {
  log::count_lost(lines);
  untold_ += lines;
  reason_ = error;
}

void LogWriter::Queue::release(std::size_t cost) {
  const std::lock_guard lock(mutex_);
  bytes_ -= cost;
  if (bytes_ == 0) progress_.notify_all();
}

void LogWriter::Queue::release(const Line& line) {
  if (line.to == Line::To::console) {
    const std::lock_guard lock(mutex_);
    --for_stdout_;
  }
  release(cost_of(line));
}

// False: the time is over.
bool LogWriter::Queue::wait_until_writable(int descriptor, Clock::time_point until) {
  constexpr int kPatienceMs = 50;
  for (;;) {
    const bool last_try = over() || Clock::now() >= until;
    pollfd asked{descriptor, POLLOUT, 0};
    if (poll(&asked, 1, last_try ? 0 : kPatienceMs) > 0) return true;
    if (descriptor == STDERR_FILENO) print_what_waits();
    if (!last_try) continue;
    errno = ETIMEDOUT;
    return false;
  }
}

bool LogWriter::Queue::put(int descriptor, std::string_view text, Clock::time_point until) {
  while (!text.empty()) {
    if (!wait_until_writable(descriptor, until)) return false;
    const ssize_t written = ::write(descriptor, text.data(), std::min(text.size(), kPiece));
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Retried with the next batch, and once a second, until it is written.
void LogWriter::Queue::tell_lost() {
  {
    const std::lock_guard lock(mutex_);
    untold_ += std::exchange(dropped_, 0);
  }
  if (untold_ == 0) return;
  const char* reason = reason_ == 0 ? "the reader of the log is slow" : std::strerror(reason_);
  const Line line =
      log::line_of(log::Level::warn, "log lines lost", {{"count", untold_}, {"reason", reason}});
  if (line.to == Line::To::sink) {
    log::give_to_sink(line);
  } else if (!put(STDERR_FILENO, line.text)) {
    reason_ = errno;
    return;
  }
  untold_ = 0;
  reason_ = 0;
}

void LogWriter::Queue::print(const Line& line) {
  // A stdout that nobody reads must not hold up the log behind it.
  if (put(STDOUT_FILENO, line.text, Clock::now() + kConsolePatience)) return;
  Line complaint =
      log::line_of(log::Level::warn, "stdout cannot be written", {{"reason", std::strerror(errno)}});
  const std::lock_guard lock(mutex_);
  bytes_ += cost_of(complaint);
  batch_.push_front(std::move(complaint));
}

// A process waiting for a line on stdout, such as the ready line, must not wait for a reader of stderr.
void LogWriter::Queue::print_what_waits() {
  std::vector<Line> lines;
  {
    const std::lock_guard lock(mutex_);
    if (for_stdout_ == 0) return;
    for (std::deque<Line>* waiting : {&batch_, &lines_}) {
      const auto to_stdout = [](const Line& line) { return line.to == Line::To::console; };
      std::copy_if(waiting->begin(), waiting->end(), std::back_inserter(lines), to_stdout);
      std::erase_if(*waiting, to_stdout);
    }
  }
  for (const Line& line : lines) write_line(line);
}

// One that is not for stderr.
void LogWriter::Queue::write_line(const Line& line) {
  line.to == Line::To::sink ? log::give_to_sink(line) : print(line);
  release(line);
}

void LogWriter::Queue::put_log(std::string& text, std::size_t& cost) {
  if (!put(STDERR_FILENO, text)) lose(lines_in(text), errno);
  release(std::exchange(cost, 0));
  text.clear();
}

// Whole lines, up to what a pipe accepts in one write.
void LogWriter::Queue::write_batch() {
  std::string text;
  std::size_t cost = 0;
  while (!batch_.empty()) {
    const Line& next = batch_.front();
    const bool joins = next.to == Line::To::log && text.size() + next.text.size() <= kPiece;
    if (!joins && !text.empty()) {
      put_log(text, cost);
      continue;  // while stderr was stuck, `next` may have been printed
    }
    const Line line = std::move(batch_.front());
    batch_.pop_front();
    if (line.to == Line::To::log) {
      text += line.text;
      cost += cost_of(line);
      continue;
    }
    write_line(line);
  }
  if (!text.empty()) put_log(text, cost);
}

// Empty: a second has passed, or it is the end.
std::deque<Line> LogWriter::Queue::next_batch() {
  std::unique_lock lock(mutex_);
  waiting_ = true;
  something_.wait_for(lock, kTick, [this] { return !lines_.empty() || ending_; });
  waiting_ = false;
  return std::exchange(lines_, {});
}

void LogWriter::Queue::run() {
  for (bool ending = false; !ending;) {
    batch_ = next_batch();
    tell_lost();
    write_batch();
    log::write_summaries(Loop::read_clock());
    const std::lock_guard lock(mutex_);
    ending = ending_ && lines_.empty();
  }
  tell_lost();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  progress_.notify_all();
}

LogWriter::LogWriter() : queue_(std::make_shared<Queue>()) {
  thread_ = start_thread_without_signals("the log writer", [queue = queue_] { queue->run(); });
  log::set_output(queue_);
}

LogWriter::~LogWriter() {
  log::write_all_summaries(Loop::read_clock());
  log::remove_output(*queue_);
  queue_->end() ? thread_.join() : thread_.detach();
}

std::shared_ptr<LogWriter> LogWriter::lease() {
  static std::mutex& mutex = *new std::mutex;
  static std::weak_ptr<LogWriter>& current = *new std::weak_ptr<LogWriter>;
  const std::lock_guard lock(mutex);
  auto held = current.lock();
  if (!held) {
    held.reset(new LogWriter);
    current = held;
  }
  return held;
}

void LogWriter::print(std::string text) {
  queue_->take({Line::To::console, log::Level::info, std::move(text)});
}

}  // namespace rollcall::net
