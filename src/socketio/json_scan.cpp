#include "socketio/json_scan.hpp"

#include <cstdint>

#include "base/json.hpp"

namespace rollcall::socketio {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t from) : text_(text), at_(from) {}

  std::size_t at() const { return at_; }
  bool at_end() const { return at_ == text_.size(); }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool value(std::size_t depth) {
    skip_space();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return depth < kMaxJsonDepth && object(depth + 1);
      case '[':
        return depth < kMaxJsonDepth && array(depth + 1, nullptr);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool array(std::size_t depth, std::vector<std::string_view>* elements) {
    if (!take('[')) return false;
    skip_space();
    if (take(']')) return true;
    do {
      skip_space();
      const std::size_t begin = at_;
      if (!value(depth)) return false;
      if (elements) elements->push_back(text_.substr(begin, at_ - begin));
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool object(std::size_t depth) {
    if (!take('{')) return false;
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      if (!string()) return false;
      skip_space();
      if (!take(':') || !value(depth)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

 private:
  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }

  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (at_ >= text_.size() || hex_value(text_[at_++]) < 0) return false;
    }
    return true;
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_;
};

std::uint32_t unit_at(std::string_view raw, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = 0; i < 4; ++i) unit = unit << 4 | static_cast<std::uint32_t>(hex_value(raw[at + i]));
  return unit;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// Decodes the `\u` escape whose digits begin at `at`; returns how many bytes of `raw` it took.
std::size_t append_unicode_escape(std::string& out, std::string_view raw, std::size_t at) {
  const std::uint32_t first = unit_at(raw, at);
  const bool pair = first >= 0xD800 && first <= 0xDBFF && raw.substr(at + 4, 2) == "\\u";
  if (pair) {
    const std::uint32_t second = unit_at(raw, at + 6);
    if (second >= 0xDC00 && second <= 0xDFFF) {
      append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
      return 10;
    }
  }
  append_utf8(out, first);
  return 4;
}

// What the reference parser takes for a placeholder: an object whose `_placeholder` is true.
bool placeholder_fits(const base::json::object& object, std::size_t attachments) {
  const auto* mark = object.if_contains("_placeholder");
  if (!mark || !mark->is_bool() || !mark->get_bool()) return true;
  const auto* number = object.if_contains("num");
  if (!number || !number->is_int64()) return false;
  return number->get_int64() >= 0 && static_cast<std::size_t>(number->get_int64()) < attachments;
}

bool all_fit(const base::json::value& value, std::size_t attachments) {
  if (value.is_array()) {
    for (const auto& element : value.get_array()) {
      if (!all_fit(element, attachments)) return false;
    }
  } else if (value.is_object()) {
    if (!placeholder_fits(value.get_object(), attachments)) return false;
    for (const auto& member : value.get_object()) {
      if (!all_fit(member.value(), attachments)) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::size_t> scan_value(std::string_view text, std::size_t from) {
  Scanner scanner(text, from);
  if (!scanner.value(0)) return std::nullopt;
  return scanner.at();
}

bool scan_array(std::string_view text, std::vector<std::string_view>& elements) {
  Scanner scanner(text, 0);
  scanner.skip_space();
  if (!scanner.array(1, &elements)) return false;
  scanner.skip_space();
  return scanner.at_end();
}

bool scan_object(std::string_view text) {
  Scanner scanner(text, 0);
  scanner.skip_space();
  if (!scanner.object(1)) return false;
  scanner.skip_space();
  return scanner.at_end();
}

std::string decode_string(std::string_view raw) {
  std::string out;
  const std::size_t end = raw.size() - 1;
  for (std::size_t i = 1; i < end; ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    switch (const char c = raw[++i]; c) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        i += append_unicode_escape(out, raw, i + 1);
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool placeholders_fit(std::string_view json, std::size_t attachments) {
  // Binary events are rare, and this one check needs the values: a parse of the whole is good enough.
  auto parsed = base::json::parse(json);
  return parsed.ok() && all_fit(*parsed, attachments);
}

}  // namespace rollcall::socketio
