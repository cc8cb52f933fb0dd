#include "app/toml_source.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "base/json.hpp"

namespace rollcall::app {
namespace {

unsigned line_of(const toml::node& node) {
  return node.source().begin.line;
}

const char* type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list with something else in it";
    case toml::node_type::string:
      return "text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time";
    case toml::node_type::date_time:
      return "a date and time";
  }
  return "something else";
}

std::optional<Value> value_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return Value(text->get());
  if (const auto* flag = node.as_boolean()) return Value(flag->get());
  if (const auto* number = node.as_integer()) return Value(number->get());
  const auto* array = node.as_array();
  if (!array) return std::nullopt;
  TextList list;
  for (const toml::node& item : *array) {
    const auto* text = item.as_string();
    if (!text) return std::nullopt;
    list.push_back(text->get());
  }
  return Value(std::move(list));
}

std::string line_text(std::string_view text, unsigned line) {
  for (unsigned i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return std::string(text.substr(0, text.find('\n')));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// KEY = VALUE on one line, as its author may have meant it.
struct Line {
  std::string_view key;
  std::string_view value;
};

std::optional<Line> as_assignment(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const Line line{trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1))};
  const bool bare = !line.key.empty() && std::all_of(line.key.begin(), line.key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  // A value that may continue on the next lines cannot be skipped by itself.
  const bool goes_on = line.value.empty() || line.value.starts_with("\"\"\"") ||
                       line.value.starts_with("'''") ||
                       (line.value.starts_with('[') && line.value.find(']') == std::string_view::npos) ||
                       (line.value.starts_with('{') && line.value.find('}') == std::string_view::npos);
  if (!bare || goes_on) return std::nullopt;
  return line;
}

// The section that line `line` belongs to.
std::string section_at(std::string_view text, unsigned line) {
  std::string section;
  for (unsigned i = 1; i < line; ++i) {
    const std::string one = line_text(text, i);
    const std::string_view header = trimmed(one);
    const std::size_t end = header.find(']');
    if (header.starts_with('[') && end != std::string_view::npos)
      section = trimmed(header.substr(1, end - 1));
  }
  return section;
}

// Text without quotation marks is the usual mistake; toml++ reports it as a number with two points.
std::optional<ConfigError> unquoted_text(std::string_view section, const Line& line, unsigned number) {
  const Setting* setting = find_setting(section, line.key);
  if (!setting || line.value.find_first_of("\"'") != std::string_view::npos) return std::nullopt;
  Config ignored;
  const Target target = setting->target(ignored);
  const bool list =
      std::holds_alternative<TextList*>(target) || (setting->or_list && line.value.starts_with('['));
  if (!list && !std::holds_alternative<std::string*>(target)) return std::nullopt;
  const std::string_view value = trimmed(line.value.substr(0, line.value.find(" #")));
  std::string example = setting->secret ? "\"...\"" : base::json::quote(value);
  if (list) example = "[\"...\", \"...\"]";
  return ConfigError{
      "", number, setting->name(),
      (list ? "is a list of text in quotation marks: " : "is text, which stands in quotation marks: ") +
          setting->name().substr(section.size() + 1) + " = " + example};
}

// toml++ quotes the offending text, which may be a secret without quotation marks. An error at or after the
// end of the file has its cause in an earlier line.
ConfigError parse_mistake(std::string_view text, const toml::parse_error& error) {
  const unsigned line = error.source().begin.line;
  const bool secret = line_text(text, line).find("secret") != std::string::npos ||
                      (line > 1 && line_text(text, line - 1).find("secret") != std::string::npos);
  ConfigError mistake{"", line, "", "this is not TOML: "};
  if (secret) {
    mistake.message += "text must stand in quotation marks that are closed on the same line";
  } else {
    const std::string shown = base::json::quote(error.description());
    // Keeps its own quotation marks, and escapes within them.
    mistake.message += shown.substr(1, shown.size() - 2);
  }
  return mistake;
}

void read_section(std::string_view name, const toml::node& node, FileContents& contents) {
  const toml::table* table = node.as_table();
  if (!table) {
    const bool tables = node.is_array_of_tables();
    contents.errors.push_back({"", line_of(node), std::string(name),
                               tables
                                   ? "is written [[" + std::string(name) + "]]; sections have single brackets"
                                   : "stands outside of any section; settings belong below a [section]"});
    return;
  }
  contents.sections.emplace_back(name, line_of(node));
  for (const auto& [key, value] : *table) {
    contents.entries.push_back(
        {std::string(name), std::string(key.str()), line_of(value), value_of(value), type_of(value)});
  }
}

// Records the error and blanks the line in `text` so that the rest can be read. False if that is impossible:
// a line that is not KEY = VALUE affects what its neighbours mean.
bool leave_out(std::string& text, const toml::parse_error& error, FileContents& contents) {
  const unsigned number = error.source().begin.line;
  const std::string whole = line_text(text, number);
  const auto line = as_assignment(whole);
  if (!line || contents.unreadable.size() == kMaxUnreadableLines) {
    contents.errors.push_back(parse_mistake(text, error));
    return false;
  }
  const std::string section = section_at(text, number);
  auto mistake = unquoted_text(section, *line, number);
  contents.errors.push_back(mistake ? std::move(*mistake) : parse_mistake(text, error));
  contents.unreadable.emplace_back(section, line->key);
  std::size_t begin = 0;
  for (unsigned i = 1; i < number; ++i) begin = text.find('\n', begin) + 1;
  text.replace(begin, whole.size(), whole.size(), ' ');
  return true;
}

}  // namespace

FileContents parse_toml(std::string_view given) {
  FileContents contents;
  for (std::string text(given);;) {
    try {
      const toml::table root = toml::parse(text);
      for (const auto& [key, value] : root) read_section(key.str(), value, contents);
    } catch (const toml::parse_error& error) {
      if (leave_out(text, error, contents)) continue;
      contents.parsed = false;
    }
    break;
  }
  std::stable_sort(contents.entries.begin(), contents.entries.end(),
                   [](const FileEntry& a, const FileEntry& b) { return a.line < b.line; });
  return contents;
}

}  // namespace rollcall::app
