#include "http/kept.hpp"

#include "http/request.hpp"

namespace rollcall::http {
namespace {

template <class Wanted>
std::string kept(std::string_view text, char separator, Wanted&& wanted) {
  std::string all;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    const std::string_view piece = text.substr(0, end);
    if (wanted(piece)) {
      if (!all.empty()) all += separator;
      all += piece;
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return all;
}

}  // namespace

std::string kept_parameters(std::string_view query, const std::vector<std::string>& names) {
  return kept(query, '&', [&](std::string_view piece) {
    for (const std::string& name : names) {
      if (query_parameter(piece, name)) return true;
    }
    return false;
  });
}

std::string kept_cookies(std::string_view cookie_header, const std::vector<std::string>& names) {
  return kept(cookie_header, ';', [&](std::string_view piece) {
    for (const std::string& name : names) {
      if (cookie(piece, name)) return true;
    }
    return false;
  });
}

}  // namespace rollcall::http
