// The log: one event a line to stderr, as text for people or as JSON for collectors.
//
//   2026-01-04T12:34:56.789Z INFO  client refused  code=TOKEN_EXPIRED
//   {"time":"2026-01-04T12:34:56.789Z","level":"info","event":"client refused","code":"TOKEN_EXPIRED"}
//
// Called by net, server, gateway and app; the pure layers return values and log nothing. Values may come
// from peers: they are escaped so that one can never begin a line, hide a part of it, or pass for another
// field, and are cut at kMaxValueBytes. Tokens, secrets and keys must not be passed at all.
//
// Thread-safe: lines never mix. The one part of `base` that writes. spdlog is behind it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

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

void write(Level level, std::string_view event, std::initializer_list<Field> fields);

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
