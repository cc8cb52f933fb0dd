#include "app/check_config_command.hpp"

#include <ostream>

#include "app/config_checks.hpp"
#include "app/config_loader.hpp"
#include "app/settings.hpp"
#include "embed/file.hpp"
#include "embed/keys.hpp"

namespace rollcall::app {
namespace {

// Whether certificate and key match is checked when the server starts.
void check_tls_file(const char* setting, const std::string& name, std::vector<std::string>& mistakes) {
  if (name.empty()) return;
  const auto text = embed::read_file(name, embed::kMaxKeyFileBytes);
  if (!text) {
    mistakes.push_back(std::string(setting) + ": " + name + " " + text.error());
  } else if (text->find("-----BEGIN ") == std::string::npos) {
    mistakes.push_back(std::string(setting) + ": " + name + " is not a PEM file");
  }
}

}  // namespace

int report_config(const Config& config, std::ostream& out, std::ostream& err) {
  std::vector<std::string> mistakes;
  std::vector<std::string> warnings = config_warnings(config);
  if (const auto keys = embed::load_keys(config.auth)) {
    const auto more = (*keys)->warnings();
    warnings.insert(warnings.end(), more.begin(), more.end());
  } else {
    mistakes = keys.error();
  }
  check_tls_file("server.tls_cert", config.server.tls_cert, mistakes);
  check_tls_file("server.tls_key", config.server.tls_key, mistakes);
  for (const std::string& warning : warnings) err << "warning: " << warning << '\n';
  if (!mistakes.empty()) {
    err << "The settings are well-formed, but what they name is not:\n";
    for (const std::string& mistake : mistakes) err << "  " << mistake << '\n';
    return kExitBadConfig;
  }
  out << "ok\n\n" << describe(config) << std::flush;
  return out ? kExitOk : kExitFailure;
}

int run_check_config(const CheckConfigCommand& command, std::ostream& out, std::ostream& err) {
  const auto config = read_config(
      {.config_file = command.config_file, .env_file = command.env_file, .listen = {}, .dev = false});
  if (config) return report_config(*config, out, err);
  err << to_text(config.error());
  return kExitBadConfig;
}

}  // namespace rollcall::app
