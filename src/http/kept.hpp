// Extracts the part of a query or a Cookie header that every connection keeps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::http {

// Only the parameters, or cookies, of these names, each as it came.
std::string kept_parameters(std::string_view query, const std::vector<std::string>& names);
std::string kept_cookies(std::string_view cookie_header, const std::vector<std::string>& names);

}  // namespace rollcall::http
