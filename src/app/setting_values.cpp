// Assigning and printing settings: the part of settings.hpp that is not the table.
#include <algorithm>
#include <charconv>

#include "app/settings.hpp"
#include "base/json.hpp"
#include "base/utf8.hpp"

namespace rollcall::app {
namespace {

using base::json::quote;

constexpr std::size_t kMaxShownBytes = 100;

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string shown_text(std::string_view text) {
  return text.size() <= kMaxShownBytes ? quote(text)
                                       : quote(std::string(text.substr(0, kMaxShownBytes)) + "...");
}

std::string shown_list(const TextList& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + quote(item);
  return "[" + text + "]";
}

std::string shown_value(const Value& value) {
  return std::visit(Overloaded{[](const std::string& text) { return shown_text(text); },
                               [](const TextList&) { return std::string("a list"); },
                               [](bool flag) { return std::string(flag ? "true" : "false"); },
                               [](std::int64_t number) { return std::to_string(number); }},
                    value);
}

bool is_clean(std::string_view text) {
  const bool controls = std::any_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return !controls && base::is_utf8(text);
}

bool accepts(const Setting& setting, std::string_view text) {
  if (setting.secret) return true;
  return is_clean(text) && (!setting.accepts || setting.accepts(text));
}

// All the invalid items, or what is wrong with the list as a whole.
std::optional<std::string> list_mistake(const Setting& setting, const TextList& list) {
  if (list.empty() && setting.filled) return requirement(setting) + ", and must not be empty";
  std::string wrong;
  for (const std::string& item : list) {
    if (!accepts(setting, item)) wrong += (wrong.empty() ? "" : ", ") + shown_text(item);
  }
  if (!wrong.empty()) return requirement(setting) + ", not " + wrong;
  for (auto item = list.begin(); item != list.end(); ++item) {
    if (std::find(list.begin(), item, *item) == item) continue;
    return "has " + (setting.secret ? std::string("an item") : shown_text(*item)) + " twice";
  }
  return std::nullopt;
}

// `value`, if it has the setting's type.
template <class Kept>
const auto* held(const Value& value) {
  if constexpr (std::is_same_v<Kept, std::string>) return std::get_if<std::string>(&value);
  if constexpr (std::is_same_v<Kept, TextList>) return std::get_if<TextList>(&value);
  if constexpr (std::is_same_v<Kept, bool>) return std::get_if<bool>(&value);
  if constexpr (std::is_same_v<Kept, std::uint32_t> || std::is_same_v<Kept, std::size_t> ||
                std::is_same_v<Kept, milliseconds>) {
    return std::get_if<std::int64_t>(&value);
  }
}

bool allows(const Setting& setting, std::int64_t number) {
  return number >= setting.range.least && number <= setting.range.most;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

TextList split_at_commas(std::string_view text) {
  TextList list;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view item = trim(text.substr(begin, comma - begin));
    if (!item.empty()) list.emplace_back(item);
    begin = comma + 1;
  }
  return list;
}

Value joined_with_commas(const TextList& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ",") + item;
  return text;
}

// Text that is neither a number nor a boolean stays text, so that `assign` can say what was expected.
Value number_in(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end) return number;
  return std::string(text);
}

Value boolean_in(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::string(text);
}

}  // namespace

std::string requirement(const Setting& setting) {
  const std::string range = std::to_string(setting.range.least) + " to " + std::to_string(setting.range.most);
  const std::string allowed(setting.allowed);
  Config ignored;
  return std::visit(
      Overloaded{
          [&](std::string*) {
            return allowed.empty() ? std::string("must be text without control characters")
                                   : "must be " + allowed;
          },
          [&](TextList*) { return "must be a list of text" + (allowed.empty() ? "" : ", each " + allowed); },
          [&](bool*) { return std::string("must be true or false"); },
          [&](milliseconds*) { return "must be a whole number of milliseconds from " + range; },
          [&](auto*) { return "must be a whole number from " + range; }},
      setting.target(ignored));
}

std::optional<std::string> assign(const Setting& setting, const Value& value, Config& config) {
  const auto wrong = [&]() -> std::optional<std::string> {
    if (setting.secret) {
      return std::holds_alternative<TextList*>(setting.target(config)) ? requirement(setting)
                                                                       : "must be text";
    }
    return requirement(setting) + ", not " + shown_value(value);
  };
  const auto put = [&](auto* kept) -> std::optional<std::string> {
    using Kept = std::remove_pointer_t<decltype(kept)>;
    const auto* given = held<Kept>(value);
    if constexpr (std::is_same_v<Kept, std::string>) {
      const auto* list = std::get_if<TextList>(&value);
      if (list && setting.or_list) return assign(setting, joined_with_commas(*list), config);
    }
    if (!given) return wrong();
    if constexpr (std::is_same_v<Kept, TextList>) {
      if (auto mistake = list_mistake(setting, *given)) return mistake;
    } else if constexpr (std::is_same_v<Kept, std::string>) {
      if (!accepts(setting, *given)) return wrong();
    } else if constexpr (!std::is_same_v<Kept, bool>) {
      if (!allows(setting, *given)) return wrong();
    }
    *kept = static_cast<Kept>(*given);
    return std::nullopt;
  };
  return std::visit(put, setting.target(config));
}

std::optional<std::string> assign_text(const Setting& setting, std::string_view text, Config& config) {
  const Value value = std::visit(
      Overloaded{[&](std::string*) { return Value(std::string(text)); },
                 [&](TextList*) { return Value(split_at_commas(text)); },
                 [&](bool*) { return boolean_in(trim(text)); }, [&](auto*) { return number_in(trim(text)); }},
      setting.target(config));
  return assign(setting, value, config);
}

bool same(const Setting& setting, Config a, Config b) {
  const Target of_b = setting.target(b);
  return std::visit([&](auto* value) { return *value == *std::get<decltype(value)>(of_b); },
                    setting.target(a));
}

void copy(const Setting& setting, Config from, Config& to) {
  const Target target = setting.target(to);
  std::visit([&](auto* value) { *std::get<decltype(value)>(target) = *value; }, setting.target(from));
}

void resolve_files(const Setting& setting, std::string_view folder, Config& config) {
  const auto resolve = [&](std::string& name) {
    if (!folder.empty() && !name.empty() && !name.starts_with('/')) name = std::string(folder) + "/" + name;
  };
  std::visit(Overloaded{[&](std::string* name) { resolve(*name); },
                        [&](TextList* names) { std::for_each(names->begin(), names->end(), resolve); },
                        [](auto*) {}},
             setting.target(config));
}

std::string value_text(const Setting& setting, Config config) {
  return std::visit(
      Overloaded{
          [&](std::string* text) { return setting.secret && !text->empty() ? quote("***") : quote(*text); },
          [&](TextList* list) { return shown_list(setting.secret ? TextList(list->size(), "***") : *list); },
          [](bool* flag) { return std::string(*flag ? "true" : "false"); },
          [](milliseconds* duration) { return std::to_string(duration->count()); },
          [](auto* number) { return std::to_string(*number); }},
      setting.target(config));
}

std::string describe(const Config& config) {
  std::string text;
  std::string_view section;
  for (const Setting& setting : settings()) {
    if (setting.section != section) {
      section = setting.section;
      text += (text.empty() ? "[" : "\n[") + std::string(section) + "]\n";
    }
    text += std::string(setting.key) + " = " + value_text(setting, config) + "\n";
  }
  return text;
}

}  // namespace rollcall::app
