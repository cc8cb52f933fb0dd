#include "http/forwarded.hpp"

#include <algorithm>
#include <string_view>

namespace rollcall::http {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// "192.0.2.1", "192.0.2.1:80", "[::1]:80", "::1", each perhaps in quotes.
std::string address_of(std::string_view node) {
  if (node.size() >= 2 && node.front() == '"' && node.back() == '"') node = node.substr(1, node.size() - 2);
  if (node.starts_with('[')) return std::string(node.substr(1, node.find(']') - 1));
  const bool with_port = std::count(node.begin(), node.end(), ':') == 1;
  return std::string(with_port ? node.substr(0, node.find(':')) : node);
}

bool is_for(std::string_view pair) {
  return pair.size() > 4 && (pair[0] == 'f' || pair[0] == 'F') && (pair[1] == 'o' || pair[1] == 'O') &&
         (pair[2] == 'r' || pair[2] == 'R') && pair[3] == '=';
}

// The value of `for` in one element of Forwarded; empty if it has none.
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    const std::size_t end = element.find(';');
    const std::string_view pair = trimmed(element.substr(0, end));
    if (is_for(pair)) return pair.substr(4);
    if (end == std::string_view::npos) break;
    element.remove_prefix(end + 1);
  }
  return {};
}

// Iterates over the combined list of all headers of that name, from its end.
template <class Use>
bool each_from_the_end(const Request& request, std::string_view name, Use&& use) {
  bool found = false;
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (header->name != name) continue;
    found = true;
    std::string_view rest = header->value;
    for (;;) {
      const std::size_t comma = rest.rfind(',');
      use(trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      if (comma == std::string_view::npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> forwarded_for(const Request& request) {
  std::vector<std::string> hops;
  const auto add = [&](std::string_view node) {
    if (hops.size() < kMaxHops) hops.push_back(address_of(node));
  };
  if (each_from_the_end(request, "x-forwarded-for", add)) return hops;
  each_from_the_end(request, "forwarded", [&](std::string_view element) { add(for_of(element)); });
  return hops;
}

}  // namespace rollcall::http
