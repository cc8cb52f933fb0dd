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

// toml++ quotes what it stumbled over, and that may be a secret without its quotation marks. A parser
// that ran into the end of the file, or a line after it, stumbled because of an earlier line.
ConfigError parse_mistake(std::string_view text, const toml::parse_error& error) {
  const unsigned line = error.source().begin.line;
  const bool secret = line_text(text, line).find("secret") != std::string::npos ||
                      (line > 1 && line_text(text, line - 1).find("secret") != std::string::npos);
  ConfigError mistake{"", line, "", "this is not TOML: "};
  if (secret) {
    mistake.message += "text must stand in quotation marks that are closed on the same line";
  } else {
    const std::string shown = base::json::quote(error.description());
    // Its own quotation marks are not doubled; what is escaped within stays so.
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

}  // namespace

FileContents parse_toml(std::string_view text) {
  FileContents contents;
  try {
    const toml::table root = toml::parse(text);
    for (const auto& [key, value] : root) read_section(key.str(), value, contents);
  } catch (const toml::parse_error& error) {
    contents.errors.push_back(parse_mistake(text, error));
    contents.parsed = false;
  }
  std::stable_sort(contents.entries.begin(), contents.entries.end(),
                   [](const FileEntry& a, const FileEntry& b) { return a.line < b.line; });
  return contents;
}

}  // namespace rollcall::app
