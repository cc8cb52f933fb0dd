#include "app/env_file.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace rollcall::app {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kEscapable = "\"\\`$";  // after \ within double quotation marks
constexpr std::size_t kMaxShownBytes = 40;

bool is_variable_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

std::string_view trimmed_end(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  EnvFile run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' || is_blank(c)) {
        next();
      } else if (c == '#' || c == ';') {
        skip_comment();
      } else {
        read_assignment();
      }
    }
    return std::move(file_);
  }

 private:
  char next() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }
  bool more() const { return at_ < text_.size(); }

  // A comment that ends in \ continues on the next line.
  void skip_comment() {
    while (more()) {
      const char c = next();
      if (c == '\\' && more()) {
        next();
      } else if (c == '\n') {
        return;
      }
    }
  }

  void read_assignment() {
    const unsigned line = line_;
    const std::size_t end = std::min(text_.find_first_of("=\n", at_), text_.size());
    const std::string_view name = trimmed_end(text_.substr(at_, end - at_));
    at_ = end;
    if (!more() || text_[at_] == '\n') {
      file_.mistakes.emplace_back(line, "has no = in it: variables are written NAME=VALUE");
      return;
    }
    next();
    std::string value = read_value();
    if (is_variable_name(name)) {
      file_.variables.push_back({std::string(name), std::move(value), line});
    } else {
      file_.mistakes.emplace_back(line, about_name(name));
    }
  }

  static std::string about_name(std::string_view name) {
    if (name.starts_with("export ")) return "begins with export, which is for shells: write NAME=VALUE alone";
    return "sets " + base::json::quote(name.substr(0, kMaxShownBytes)) +
           ", which is not a name: letters, digits and _";
  }

  std::string read_value() {
    std::string value;
    std::size_t kept = 0;  // length of `value` without trailing blanks
    while (more()) {
      const char c = next();
      if (c == '\n') break;
      if (c == '\'' && kept == value.size()) {
        read_single(value);
        kept = value.size();
      } else if (c == '"' && kept == value.size()) {
        read_double(value);
        kept = value.size();
      } else if (c == '\\') {
        if (!more()) break;
        if (const char escaped = next(); escaped != '\n') value += escaped;
        kept = value.size();
        read_plain(value, kept);
      } else if (!is_blank(c)) {
        value += c;
        kept = value.size();
        read_plain(value, kept);
      }
    }
    value.resize(kept);
    return value;
  }

  // Up to, not including, the end of the line. Quotation marks inside are literal.
  void read_plain(std::string& value, std::size_t& kept) {
    while (more() && text_[at_] != '\n') {
      const char c = next();
      if (c == '\\') {
        if (!more()) return;
        if (const char escaped = next(); escaped != '\n') value += escaped;
        kept = value.size();
      } else {
        value += c;
        if (!is_blank(c)) kept = value.size();
      }
    }
  }

  void read_single(std::string& value) {
    while (more()) {
      const char c = next();
      if (c == '\'') return;
      value += c;
    }
  }

  void read_double(std::string& value) {
    while (more()) {
      const char c = next();
      if (c == '"') return;
      if (c != '\\' || !more()) {
        value += c;
        continue;
      }
      const char escaped = next();
      if (escaped == '\n') continue;
      if (kEscapable.find(escaped) == std::string_view::npos) value += c;
      value += escaped;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  EnvFile file_;
};

}  // namespace

EnvFile parse_env_file(std::string_view text) {
  return Parser(text).run();
}

std::string env_line(std::string_view name, std::string_view value) {
  std::string line = std::string(name) + "=\"";
  for (const char c : value) {
    if (kEscapable.find(c) != std::string_view::npos) line += '\\';
    line += c;
  }
  return line + "\"\n";
}

}  // namespace rollcall::app
