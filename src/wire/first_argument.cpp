#include "wire/first_argument.hpp"

#include <cstddef>

#include "base/json_text.hpp"

namespace rollcall::wire {
namespace {

constexpr std::string_view kWhite = " \t\r\n";

// Just behind the string that begins at `start`.
std::size_t skip_string(std::string_view text, std::size_t start) {
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    i += base::plain_length<base::HighBytes::plain>(text.substr(i));
    if (i < text.size() && text[i] == '"') return i + 1;
    if (i < text.size() && text[i] == '\\') ++i;
  }
  return text.size();
}

}  // namespace

std::string_view first_argument(std::string_view args_json) {
  std::size_t depth = 0;
  std::size_t end = 0;
  while (end < args_json.size()) {
    const char c = args_json[end];
    if (c == ',' && depth == 0) break;
    if (c == '"') {
      end = skip_string(args_json, end);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    ++end;
  }
  const std::string_view argument = args_json.substr(0, end);
  const std::size_t begin = argument.find_first_not_of(kWhite);
  if (begin == std::string_view::npos) return {};
  return argument.substr(begin, argument.find_last_not_of(kWhite) - begin + 1);
}

}  // namespace rollcall::wire
