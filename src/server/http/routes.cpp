#include "server/http/routes.hpp"

#include <algorithm>

#include "http/request.hpp"

namespace rollcall::server {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (;;) {
    const std::size_t end = path.find('/');
    segments.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](const std::string& wanted, const std::string& given) {
                      return is_parameter(wanted) ? !given.empty() : wanted == given;
                    });
}

// False if an escape is invalid.
bool read_parameters(const std::vector<std::string>& pattern, const std::vector<std::string>& segments,
                     Parameters& out) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_parameter(pattern[i])) continue;
    auto value = http::decode_segment(segments[i]);
    if (!value) return false;
    out.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), std::move(*value));
  }
  return true;
}

template <class Methods>
std::string allowed(const Methods& methods) {
  std::string all;
  const auto add = [&](std::string_view method) { all.append(all.empty() ? "" : ", ").append(method); };
  for (const auto& [method, handler] : methods) {
    add(method);
    if (method == "GET" && !methods.contains("HEAD")) add("HEAD");
  }
  return all;
}

}  // namespace

Routes::Methods& Routes::methods_of(std::string_view pattern) {
  std::vector<std::string> segments = segments_of(pattern);
  if (std::none_of(segments.begin(), segments.end(), is_parameter)) return exact_[std::string(pattern)];
  for (Pattern& known : patterns_) {
    if (known.text == pattern) return known.methods;
  }
  patterns_.push_back({std::string(pattern), std::move(segments), {}});
  return patterns_.back().methods;
}

void Routes::add(std::string_view method, std::string_view pattern, HttpHandler handler, HttpGuard guard) {
  Route& route = methods_of(pattern)[std::string(method)];
  route.handler = std::move(handler);
  route.guard = std::move(guard);
  if (route.place > 0) return;
  route.place = names_.size();
  names_.push_back({std::string(method), std::string(pattern)});
}

Routes::Match Routes::match(std::string_view method, std::string_view path) const {
  Match match;
  const Methods* methods = nullptr;
  if (const auto found = exact_.find(path); found != exact_.end()) {
    methods = &found->second;
  } else if (!patterns_.empty()) {
    const std::vector<std::string> segments = segments_of(path);
    const auto fits = std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
      return matches(pattern.segments, segments);
    });
    if (fits == patterns_.end()) return match;
    if (!read_parameters(fits->segments, segments, match.parameters)) {
      match.status = 400;
      return match;
    }
    methods = &fits->methods;
  }
  if (!methods) return match;
  auto route = methods->find(method);
  if (route == methods->end() && method == "HEAD") route = methods->find("GET");
  if (route != methods->end()) {
    match.handler = &route->second.handler;
    match.guard = &route->second.guard;
    match.route = route->second.place;
  } else {
    match.status = 405;
    match.allow = allowed(*methods);
  }
  return match;
}

http::Response Routes::refusal(unsigned status, std::string_view sentence, std::string_view path) const {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::string(sentence) + "\n";
  if (error_page_) error_page_(answer, path);
  return response_of(std::move(answer));
}

http::Response response_of(HttpAnswer answer) {
  http::Response response;
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.body = std::move(answer.body);
  for (auto& [name, value] : answer.headers) response.headers.push_back({std::move(name), std::move(value)});
  return response;
}

}  // namespace rollcall::server
