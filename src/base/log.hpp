// The log: one event a line to stderr, as text for people or as JSON for collectors.
//
//   2026-01-04T12:34:56.789Z INFO  client refused  code=TOKEN_EXPIRED
//   {"time":"2026-01-04T12:34:56.789Z","level":"info","event":"client refused","code":"TOKEN_EXPIRED"}
//
// Called by net, server, gateway and app; the pure layers return values and log nothing. Values may come
// from peers: they are escaped so that one can never begin a line, hide a part of it, or pass for another
// field, and are cut at kMaxValueBytes. Tokens, secrets and keys must not be passed at all.
//
// Thread-safe: lines never mix. The one part of `base` that writes. While a net::LogWriter is installed (each
// server has one while it runs, decision 21), nothing here waits for whoever reads stderr, nor for an
// embedder's sink: lines go into its queue. Without one, a line is written at once. A line that cannot be
// written is counted; SIGPIPE is never raised for it.
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

// Until it is called: info and above, as text. Lines written meanwhile have either form.
void configure(Level least, Format format);

// For what is dear to gather: `if (enabled(Level::debug)) ...`.
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

// Null, as at first: lines are written at once.
void set_output(std::shared_ptr<Output> output);
// Back to that, if it is this one.
void remove_output(const Output& output);

// For an Output: hands a line to the embedder's sink, or to stderr if there is none any more.
void give_to_sink(const Line& line);
// The line of this event as stderr would have it, with its time and its newline.
std::string stamped_line(Level level, std::string_view event, std::initializer_list<Field> fields);
// For an Output: the same, or what the sink would have.
Line line_of(Level level, std::string_view event, std::initializer_list<Field> fields);

// Lines that nobody got since the program started: nobody read, the disk was full, stderr was closed.
std::uint64_t lines_lost();
void count_lost(std::uint64_t lines);

void write(Level level, std::string_view event, std::initializer_list<Field> fields);

// Whether this occurrence of an event that peers can cause at will gets a line. The first few in ten seconds
// do; the rest come out as one line, `<event>, repeated  code=... count=... since_s=...`. Write the line
// behind it, so that nothing is gathered for those that get none:
//
//   if (log::sampled(Level::info, "connection refused", code, now)) log::info("connection refused", {...});
//
// `event` and `code` are of a small set, not chosen by a peer (base/log_throttle.hpp). One short lock.
bool sampled(Level level, std::string_view event, std::string_view code, Instant now);
// Writes the summaries of intervals that are over. About once a second; net::LogWriter does while a server
// is.
void write_summaries(Instant now);
// All of them, however young: when the program ends.
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
