#include "app/environment_names.hpp"

#include <algorithm>

#include "app/settings.hpp"
#include "app/suggestion.hpp"
#include "calls/service_key.hpp"

namespace rollcall::app {
namespace {

constexpr std::string_view kServersPrefix = "ROLLCALL_";

// Variables that the documents tell backend services and shells to set, often on the server's machine. A
// value that is an item of api.keys was meant for the server, with the S forgotten.
bool is_of_clients(std::string_view name, std::string_view value) {
  if (name == "ROLLCALL_API_URL") return true;
  if (name != "ROLLCALL_API_KEY") return false;
  return !calls::parse_service_key(value.substr(0, value.find(','))).ok();
}

// Kubernetes and Docker announce a service named "rollcall-server" to every container as
// ROLLCALL_SERVER_SERVICE_HOST, ROLLCALL_SERVER_PORT=tcp://... and the like. No setting has such a name.
bool is_service_link(std::string_view rest, std::string_view value) {
  return rest.starts_with("SERVICE_HOST") || rest.starts_with("SERVICE_PORT") || rest.starts_with("PORT_") ||
         (rest == "PORT" && value.find("://") != std::string_view::npos);
}

}  // namespace

bool is_unknown_variable(std::string_view name, std::string_view value) {
  if (!name.starts_with(kServersPrefix) || is_of_clients(name, value)) return false;
  const auto all = settings();
  if (std::any_of(all.begin(), all.end(), [&](const Setting& one) { return one.environment() == name; })) {
    return false;
  }
  return std::any_of(all.begin(), all.end(), [&](const Setting& one) {
    const std::string full = one.environment();
    const std::size_t length = full.size() - one.key.size();
    return name.starts_with(full.substr(0, length)) && !is_service_link(name.substr(length), value);
  });
}

std::string about_unknown_variable(std::string_view name) {
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.push_back(setting.environment());
  const std::vector<std::string_view> views(names.begin(), names.end());
  if (const auto meant = nearest(name, views)) {
    return "is not a setting; did you mean " + std::string(*meant) + "?";
  }
  std::vector<std::string_view> siblings;
  const std::size_t section_end = name.find('_', kServersPrefix.size()) + 1;
  for (const std::string_view view : views) {
    if (view.starts_with(name.substr(0, section_end))) siblings.push_back(view);
  }
  return "is not a setting; there are " + joined(siblings);
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace rollcall::app
