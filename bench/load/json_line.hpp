// One JSON object on one line, built field by field.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace rollcall::load {

class JsonLine {
 public:
  JsonLine& add(std::string_view name, std::string_view text) {
    key(name);
    base::json::append_string(out_, text);
    return *this;
  }
  JsonLine& add(std::string_view name, const char* text) { return add(name, std::string_view(text)); }
  JsonLine& add(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonLine& add(std::string_view name, std::integral auto value) { return raw(name, std::to_string(value)); }
  // Four digits are more than a measurement has. NaN (0 / 0) becomes null.
  JsonLine& add(std::string_view name, double value) {
    if (!std::isfinite(value)) return raw(name, "null");
    char text[32];
    const auto end = std::abs(value) >= 1000
                         ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 0)
                         : std::to_chars(text, text + sizeof text, value, std::chars_format::general, 4);
    return raw(name, std::string_view(text, static_cast<std::size_t>(end.ptr - text)));
  }
  JsonLine& add(std::string_view name, const JsonLine& object) { return raw(name, object.text()); }

  std::string text() const { return "{" + out_ + "}"; }

 private:
  void key(std::string_view name) {
    if (!out_.empty()) out_ += ',';
    base::json::append_string(out_, name);
    out_ += ':';
  }
  JsonLine& raw(std::string_view name, std::string_view value) {
    key(name);
    out_ += value;
    return *this;
  }

  std::string out_;
};

}  // namespace rollcall::load
