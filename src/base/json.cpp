#include "base/json.hpp"

#include <boost/json/parse.hpp>
#include <optional>

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "rollcall/json.hpp"

namespace rollcall::base::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the valid UTF-8 character at the start of `bytes`, or 0.
std::size_t character_length(std::string_view bytes) {
  for (std::size_t length = 1; length <= 4 && length <= bytes.size(); ++length) {
    Utf8Validator validator;
    if (!validator.feed(bytes.substr(0, length))) return 0;
    if (validator.complete()) return length;
  }
  return 0;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

value parse_strictly(std::string_view text, boost::json::error_code& error,
                     const boost::json::storage_ptr& memory) {
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  return boost::json::parse({text.data(), text.size()}, error, memory, options);
}

enum class Unit { other, high, low };

// The meaning of the escape at the start of `text`.
Unit unit_of(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u' || (text[2] | 0x20) != 'd') return Unit::other;
  const char digit = static_cast<char>(text[3] | 0x20);
  if (digit == '8' || digit == '9' || digit == 'a' || digit == 'b') return Unit::high;
  return digit >= 'c' && digit <= 'f' ? Unit::low : Unit::other;
}

// `text` with each lone-surrogate escape replaced by U+FFFD; nothing if it has none. Need not be JSON.
std::optional<std::string> without_halves(std::string_view text) {
  std::optional<std::string> whole;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const Unit unit = unit_of(text.substr(at));
    if (unit == Unit::high && unit_of(text.substr(at + 6)) == Unit::low) {
      at += 12;
    } else if (unit != Unit::other) {
      if (!whole) whole.emplace(text);
      whole->replace(at, 6, "\\ufffd");
      at += 6;
    } else {
      at += 2;
    }
  }
  return whole;
}

}  // namespace

Result<value, std::string> parse(std::string_view text, const boost::json::storage_ptr& memory,
                                 bool* halves) {
  boost::json::error_code error;
  value parsed = parse_strictly(text, error, memory);
  if (error) {
    const auto whole = without_halves(text);
    if (whole) parsed = parse_strictly(*whole, error, memory);
    if (halves) *halves = whole.has_value();
  }
  if (error) return fail(error.message());
  return parsed;
}

void append_string(std::string& out, std::string_view utf8) {
  out += '"';
  while (!utf8.empty()) {
    const std::size_t plain = plain_length<HighBytes::special>(utf8);
    out += utf8.substr(0, plain);
    utf8.remove_prefix(plain);
    if (utf8.empty()) break;
    std::size_t used = 1;
    if (static_cast<unsigned char>(utf8[0]) < 0x80) {
      append_escaped(out, utf8[0]);
    } else if (const std::size_t length = character_length(utf8); length > 0) {
      out += utf8.substr(0, length);
      used = length;
    } else {
      out += kReplacement;
    }
    utf8.remove_prefix(used);
  }
  out += '"';
}

std::string quote(std::string_view utf8) {
  std::string out;
  append_string(out, utf8);
  return out;
}

}  // namespace rollcall::base::json

std::string rollcall::json_quote(std::string_view utf8) {
  return base::json::quote(utf8);
}
