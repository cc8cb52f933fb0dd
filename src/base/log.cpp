#include "base/log.hpp"

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "base/log_throttle.hpp"
#include "base/signal_mask.hpp"
#include "rollcall/log.hpp"

namespace rollcall::base::log {
namespace {

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";

std::unique_ptr<spdlog::pattern_formatter> formatter_of(const char* pattern) {
  return std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc, "\n");
}

constexpr int kOff = 100;  // above all levels

struct Log {
  std::atomic<int> least = static_cast<int>(Level::info);
  std::atomic<Format> format = Format::text;
  std::atomic<std::uint64_t> lost = 0;

  // Held while a line is stamped and queued, but not while it is written, unless there is no queue (no
  // LogWriter).
  std::mutex mutex;
  std::unique_ptr<spdlog::pattern_formatter> formatter = formatter_of(kTextPattern);
  std::shared_ptr<Output> output;

  // An embedder's, in place of stderr. The lock is held while it is called.
  std::mutex sink_mutex;
  LogSink sink;
  std::atomic<bool> has_sink = false;

  std::mutex throttle_mutex;
  LogThrottle throttle;
};

// Never destroyed: other statics may log while they are.
Log& the_log() {
  static Log& log = *new Log;
  return log;
}

// Writing to a pipe without a reader raises SIGPIPE, which ends a program by default. Its disposition belongs
// to the embedding program, so we block it on this thread and consume it if it was raised.
class WithoutSigpipe {
 public:
  WithoutSigpipe() : was_pending_(is_pending()), blocked_(pipe_) {}
  ~WithoutSigpipe() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  static bool is_pending() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }

  const sigset_t pipe_ = signal_set(SIGPIPE);
  const bool was_pending_;
  const SignalsBlocked blocked_;
};

// Blocks until everything is written.
void write_to_stderr(std::string_view text) {
  const WithoutSigpipe guard;
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return count_lost(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

const char* json_name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

const char* text_name(Level level) {
  switch (level) {
    case Level::debug:
      return "DEBUG ";
    case Level::info:
      return "INFO  ";
    case Level::warn:
      return "WARN  ";
    case Level::error:
      return "ERROR ";
  }
  return "ERROR ";
}

// Characters valid in JSON that a terminal interprets: DEL, C1 controls, line separators, bidi controls.
// Returns the length of the character at `at`, and the character; 0 if it is harmless.
std::size_t obeyed_by_terminals(std::string_view text, std::size_t at, unsigned& character) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) == 0x7F) return character = 0x7F, 1;
  if (byte(0) == 0xC2 && byte(1) < 0xA0) return character = byte(1), 2;
  if (byte(0) != 0xE2) return 0;
  character = 0x2000U | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
  const bool direction_mark = character == 0x200E || character == 0x200F;
  const bool separator_or_embedding = character >= 0x2028 && character <= 0x202E;
  const bool isolate = character >= 0x2066 && character <= 0x2069;
  return direction_mark || separator_or_embedding || isolate ? 3 : 0;
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr const char* kHex = "0123456789abcdef";
  const std::string cut =
      text.size() > kMaxValueBytes ? std::string(text.substr(0, kMaxValueBytes)) + "..." : "";
  const std::string quoted = json::quote(cut.empty() ? text : cut);
  for (std::size_t at = 0; at < quoted.size();) {
    unsigned character = 0;
    const std::size_t length = obeyed_by_terminals(quoted, at, character);
    if (length == 0) {
      out += quoted[at++];
      continue;
    }
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[character >> shift & 0xF];
    at += length;
  }
}

bool is_bare(std::string_view text) {
  if (text.empty() || text.size() > kMaxValueBytes) return false;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

std::string text_line(std::string line, std::string_view event, std::initializer_list<Field> fields) {
  // Events are our own phrases, so their spaces need no quotes.
  std::string quoted;
  append_quoted(quoted, event);
  line.append(quoted, 1, quoted.size() - 2);
  if (fields.size() > 0) line += ' ';
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    is_bare(field.value) ? void(line += field.value) : append_quoted(line, field.value);
  }
  return line;
}

std::string json_line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = R"("level":")";
  line += json_name(level);
  line += R"(","event":)";
  append_quoted(line, event);
  for (const Field& field : fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    field.number ? void(line += field.value) : append_quoted(line, field.value);
  }
  return line;
}

LogLevel public_level(Level level) {
  return static_cast<LogLevel>(level);
}
static_assert(static_cast<int>(LogLevel::debug) == static_cast<int>(Level::debug));
static_assert(static_cast<int>(LogLevel::error) == static_cast<int>(Level::error));

// Adds the time of the event, not of writing it. Call under the lock.
std::string stamped(Log& log, const std::string& line) {
  spdlog::memory_buf_t text;
  log.formatter->format({"", spdlog::level::info, {line.data(), line.size()}}, text);
  return {text.data(), text.size()};
}

std::string unstamped(const Log& log, Level level, std::string_view event,
                      std::initializer_list<Field> fields) {
  return log.format == Format::json ? json_line(level, event, fields)
                                    : text_line(text_name(level), event, fields);
}

bool call_sink(Log& log, Level level, const std::string& text) {
  const std::lock_guard lock(log.sink_mutex);
  if (!log.sink) return false;
  log.sink(public_level(level), text);
  return true;
}

void write_each(const std::vector<LogThrottle::Summary>& summaries) {
  for (const LogThrottle::Summary& summary : summaries) {
    const Level level = static_cast<Level>(summary.level);
    const std::string event = summary.event + ", repeated";
    const Field count("count", summary.count), since("since_s", summary.since.count());
    summary.code.empty() ? write(level, event, {count, since})
                         : write(level, event, {{"code", summary.code}, count, since});
  }
}

}  // namespace

bool sampled(Level level, std::string_view event, std::string_view code, Instant now) {
  if (!enabled(level)) return false;
  Log& log = the_log();
  std::vector<LogThrottle::Summary> due;
  bool admitted = false;
  {
    const std::lock_guard lock(log.throttle_mutex);
    due = log.throttle.take_due(now);
    admitted = log.throttle.admit(event, code, static_cast<unsigned>(level), now);
  }
  write_each(due);
  return admitted;
}

void write_summaries(Instant now) {
  Log& log = the_log();
  std::vector<LogThrottle::Summary> due;
  {
    const std::lock_guard lock(log.throttle_mutex);
    due = log.throttle.take_due(now);
  }
  write_each(due);
}

void write_all_summaries(Instant now) {
  Log& log = the_log();
  std::vector<LogThrottle::Summary> all;
  {
    const std::lock_guard lock(log.throttle_mutex);
    all = log.throttle.take_all(now);
  }
  write_each(all);
}

// JSON cannot represent infinities and NaN.
Field::Field(std::string_view name, double real) : key(name), number(std::isfinite(real)) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", real);
  value = text;
}

void configure(Level least, Format format) {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  log.format = format;
  log.formatter = formatter_of(format == Format::json ? kJsonPattern : kTextPattern);
  log.least = static_cast<int>(least);
}

bool enabled(Level level) {
  return static_cast<int>(level) >= the_log().least;
}

void set_output(std::shared_ptr<Output> output) {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  log.output = std::move(output);
}

void remove_output(const Output& output) {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  if (log.output.get() == &output) log.output.reset();
}

void give_to_sink(const Line& line) {
  if (!call_sink(the_log(), line.level, line.text)) write_to_stderr(line.text + "\n");
}

std::string stamped_line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  Log& log = the_log();
  const std::string line = unstamped(log, level, event, fields);
  const std::lock_guard lock(log.mutex);
  return stamped(log, line);
}

Line line_of(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (the_log().has_sink) return {Line::To::sink, level, text_line({}, event, fields)};
  return {Line::To::log, level, stamped_line(level, event, fields)};
}

std::uint64_t lines_lost() {
  return the_log().lost;
}

void count_lost(std::uint64_t lines) {
  the_log().lost += lines;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  Log& log = the_log();
  const bool for_sink = log.has_sink;
  std::string text = for_sink ? text_line({}, event, fields) : unstamped(log, level, event, fields);
  {
    const std::lock_guard lock(log.mutex);
    if (!for_sink) text = stamped(log, text);
    Line line{for_sink ? Line::To::sink : Line::To::log, level, std::move(text)};
    if (log.output) return log.output->take(std::move(line));
    if (!for_sink) return write_to_stderr(line.text);
    text = std::move(line.text);
  }
  give_to_sink({Line::To::sink, level, std::move(text)});
}

}  // namespace rollcall::base::log

namespace rollcall {

void set_log_level(LogLevel least) {
  base::log::the_log().least = least == LogLevel::off ? base::log::kOff : static_cast<int>(least);
}

void set_log_sink(LogSink sink) {
  auto& log = base::log::the_log();
  std::shared_ptr<base::log::Output> output;
  {
    const std::lock_guard lock(log.mutex);
    output = log.output;
  }
  if (output) output->flush();  // lines logged so far belong to the old sink
  const std::lock_guard lock(log.sink_mutex);
  log.has_sink = sink != nullptr;
  log.sink = std::move(sink);
}

}  // namespace rollcall
