#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <utility>

#include "base/json.hpp"
#include "rollcall/log.hpp"

namespace rollcall::base::log {
namespace {

constexpr const char* kTextPattern = "%Y-%m-%dT%H:%M:%S.%eZ %v";
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})";

struct Log {
  Log() : logger("rollcall", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern(kTextPattern, spdlog::pattern_time_type::utc);
    logger.set_level(spdlog::level::info);
    logger.flush_on(spdlog::level::trace);
  }

  spdlog::logger logger;
  std::atomic<Format> format = Format::text;
  // An embedder's, in place of stderr.
  std::mutex sink_mutex;
  LogSink sink;
};

// Never destroyed: other statics may log while they are.
Log& the_log() {
  static Log& log = *new Log;
  return log;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warn:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
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

// What JSON lets pass, but a terminal obeys: DEL, C1 controls, line separators, changes of direction.
// Returns the bytes of the character at `at`, and the character; 0 if it is harmless.
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
  // An event is a phrase of ours; its blanks are no reason to quote it.
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

bool give_to_sink(Log& log, Level level, std::string_view event, std::initializer_list<Field> fields) {
  const std::lock_guard lock(log.sink_mutex);
  if (!log.sink) return false;
  log.sink(public_level(level), text_line({}, event, fields));
  return true;
}

}  // namespace

// JSON has no word for what is not finite.
Field::Field(std::string_view name, double real) : key(name), number(std::isfinite(real)) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", real);
  value = text;
}

void configure(Level least, Format format) {
  Log& log = the_log();
  log.format = format;
  log.logger.set_pattern(format == Format::json ? kJsonPattern : kTextPattern,
                         spdlog::pattern_time_type::utc);
  log.logger.set_level(to_spdlog(least));
}

bool enabled(Level level) {
  return the_log().logger.should_log(to_spdlog(level));
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  Log& log = the_log();
  if (!log.logger.should_log(to_spdlog(level))) return;
  if (give_to_sink(log, level, event, fields)) return;
  const std::string line = log.format == Format::json ? json_line(level, event, fields)
                                                      : text_line(text_name(level), event, fields);
  log.logger.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace rollcall::base::log

namespace rollcall {

void set_log_level(LogLevel least) {
  auto& logger = base::log::the_log().logger;
  logger.set_level(least == LogLevel::off ? spdlog::level::off
                                          : base::log::to_spdlog(static_cast<base::log::Level>(least)));
}

void set_log_sink(LogSink sink) {
  auto& log = base::log::the_log();
  const std::lock_guard lock(log.sink_mutex);
  log.sink = std::move(sink);
}

}  // namespace rollcall
