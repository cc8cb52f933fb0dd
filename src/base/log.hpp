// The log: one event a line to stderr, as text for people or as JSON for collectors.
//
//   2026-01-04T12:34:56.789Z INFO  client refused  code=TOKEN_EXPIRED
//   {"time":"2026-01-04T12:34:56.789Z","level":"info","event":"client refused","code":"TOKEN_EXPIRED"}
//
// Called by net, server, gateway and app; the pure layers return values and log nothing. Values may come
// from peers: they are escaped so that one can never begin a line, hide a part of it, or pass for another
// field, and are cut at kMaxValueBytes. Tokens, secrets and keys must not be passed at all.
//
// Thread-safe: lines never mix. The only part of `base` that does I/O. While a net::LogWriter is installed
// (every running server has one, decision 21), logging never waits for the reader of stderr or for an
// embedder's sink: lines go into its queue. Without one, a line is written synchronously. Lines that cannot
// be written are counted; they never raise SIGPIPE.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "rollcall/time.hpp"

namespace rollcall::base::log {

enum class Level : std::uint8_t { debug, info, warn, error };
enum class Format : std::uint8_t { text, json };

inline constexpr std::size_t kMaxValueBytes = 1024;

struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(text ? text : "") {}
  Field(std::string_view name, const std::string& text) : key(name), value(text) {}
  Field(std::string_view name, std::same_as<bool> auto flag)
      : key(name), value(flag ? "true" : "false"), number(true) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view name, T integer)
      : key(name), value(std::to_string(integer)), number(true) {}
  Field(std::string_view name, double real);

  std::string_view key;  // a literal: letters, digits and _
  std::string value;
  bool number = false;  // a number or a boolean, which JSON writes bare
};

// Default: info and above, as text. Lines written during the call may have either format.
void configure(Level least, Format format);

// To skip expensive fields: `if (enabled(Level::debug)) ...`.
bool enabled(Level level);

// A finished line on its way out.
struct Line {
  enum class To : std::uint8_t {
    log,      // stderr: `text` has its time and its newline
    sink,     // the embedder's: `text` has neither time, level nor newline
    console,  // stdout, whatever the program prints there
  };
  To to = To::log;
  Level level = Level::info;
  std::string text;
};

// Where lines go instead of being written by the thread that logs.
class Output {
 public:
  virtual ~Output() = default;
  // Must neither wait nor log. Called under the log's lock, by whichever thread logs.
  virtual void take(Line line) = 0;
  // Waits until what was taken is out, for a bounded time.
  virtual void flush() = 0;
};

// Null, the default: lines are written synchronously.
void set_output(std::shared_ptr<Output> output);
// Restores the default if `output` is the current one.
void remove_output(const Output& output);

// For an Output: passes a line to the embedder's sink, or to stderr if the sink was removed.
void give_to_sink(const Line& line);
// The line of this event in the format of stderr, with time and newline.
std::string stamped_line(Level level, std::string_view event, std::initializer_list<Field> fields);
// For an Output: the same, or the line in the format of the sink.
Line line_of(Level level, std::string_view event, std::initializer_list<Field> fields);

// Lines lost since the program started: the reader was too slow, the disk full, or stderr closed.
std::uint64_t lines_lost();
void count_lost(std::uint64_t lines);

void write(Level level, std::string_view event, std::initializer_list<Field> fields);

// Rate limit for events that peers can cause at will: true if this occurrence should be logged. The first few
// in ten seconds are; the rest become one summary, `<event>, repeated  code=... count=... since_s=...`. Build
// the line only if it returns true:
//
//   if (log::sampled(Level::info, "connection refused", code, now)) log::info("connection refused", {...});
//
// `event` and `code` must come from a small set that no peer controls (base/log_throttle.hpp). Takes a lock
// briefly.
bool sampled(Level level, std::string_view event, std::string_view code, Instant now);
// Writes the summaries of expired intervals. To be called about once a second; net::LogWriter does so while a
// server runs.
void write_summaries(Instant now);
// Writes all summaries, expired or not: when the program ends.
void write_all_summaries(Instant now);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warn, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace rollcall::base::log
