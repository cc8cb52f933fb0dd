// Appends one JSON object to a string, key by key: the shapes are fixed, and a list of ten thousand
// users must be quick to write. Used by wire, calls and feed.
//
// Keys and event names are the program's own; strings are escaped, whatever bytes they hold.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "rollcall/time.hpp"

namespace rollcall::wire {

// As base::iso8601, quotes included, without its printf: a list holds twenty thousand of them.
void append_time(std::string& out, WallTime time);

class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;
  ~ObjectWriter() { out_ += '}'; }

  ObjectWriter& text(std::string_view name, std::string_view value);
  ObjectWriter& text(std::string_view name, const std::optional<std::string_view>& value);
  ObjectWriter& time(std::string_view name, WallTime value);
  ObjectWriter& time(std::string_view name, const std::optional<WallTime>& value);
  ObjectWriter& number(std::string_view name, std::size_t value);
  // "settlingMs": after a start, how much longer users may need to return. Writes nothing if 0.
  ObjectWriter& settling(milliseconds left);
  // Only a bool: a pointer must not slip in as one.
  ObjectWriter& flag(std::string_view name, std::same_as<bool> auto value) {
    return raw(name, value ? "true" : "false");
  }
  // `json` is JSON already.
  ObjectWriter& raw(std::string_view name, std::string_view json);
  // The key alone: the caller appends its value.
  std::string& key(std::string_view name);

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace rollcall::wire
