#include "socketio/placeholders.hpp"

#include <charconv>
#include <cmath>

#include "base/json_scan.hpp"

namespace rollcall::socketio {
namespace {

bool is_string(std::string_view raw, std::string_view text) {
  if (raw.find('\\') != std::string_view::npos) return base::decode_string(raw) == text;
  return raw.substr(1, raw.size() - 2) == text;
}

// As JavaScript reads it: `1.0` and `1e0` are the index 1.
bool is_index(std::string_view raw, std::size_t attachments) {
  double number = 0;
  const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != raw.data() + raw.size()) return false;
  return number >= 0 && number < static_cast<double>(attachments) && number == std::floor(number);
}

// Walks JSON that has been scanned, so it neither checks syntax nor recurses deeper than the scanner.
class Walker {
 public:
  Walker(std::string_view json, std::size_t attachments) : json_(json), attachments_(attachments) {}

  bool value() {
    switch (at_character()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        string();
        return true;
      default:
        at_ = json_.find_first_of(",]} \t\n\r", at_);
        if (at_ == std::string_view::npos) at_ = json_.size();
        return true;
    }
  }

  // One value, or several with commas in between.
  bool values() {
    do {
      if (!value()) return false;
      at_ = json_.find_first_not_of(" \t\n\r", at_);
    } while (at_ != std::string_view::npos && at_++ < json_.size());
    return true;
  }

 private:
  // The next character that is not white space, which `at_` is at then.
  char at_character() {
    at_ = json_.find_first_not_of(" \t\n\r", at_);
    return json_[at_];
  }

  // Takes the comma before another element, or `end`.
  bool another(char end) { return at_character() != end ? (++at_, true) : (++at_, false); }

  std::string_view string() {
    const std::size_t begin = at_++;
    while (json_[at_] != '"') at_ += json_[at_] == '\\' ? 2 : 1;
    ++at_;
    return json_.substr(begin, at_ - begin);
  }

  bool array() {
    ++at_;
    if (at_character() == ']') return ++at_, true;
    do {
      if (!value()) return false;
    } while (another(']'));
    return true;
  }

  bool object() {
    bool placeholder = false;
    std::string_view number;
    ++at_;
    if (at_character() == '}') return ++at_, true;
    do {
      at_character();
      const std::string_view key = string();
      at_character();
      ++at_;  // the colon
      at_character();
      const std::size_t begin = at_;
      if (!value()) return false;
      const std::string_view raw = json_.substr(begin, at_ - begin);
      if (is_string(key, "_placeholder")) placeholder = raw == "true";
      if (is_string(key, "num")) number = raw;
    } while (another('}'));
    return !placeholder || is_index(number, attachments_);
  }

  std::string_view json_;
  std::size_t attachments_;
  std::size_t at_ = 0;
};

}  // namespace

bool placeholders_fit(std::string_view json, std::size_t attachments) {
  return Walker(json, attachments).values();
}

}  // namespace rollcall::socketio
