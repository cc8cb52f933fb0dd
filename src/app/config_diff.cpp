#include "app/config_diff.hpp"

#include "app/settings.hpp"

namespace rollcall::app {

ConfigDiff diff(const Config& in_force, const Config& fresh) {
  ConfigDiff found;
  found.in_force = in_force;
  // A certificate can be replaced; TLS cannot be turned on or off while running.
  const bool tls_switched = in_force.server.tls_cert.empty() != fresh.server.tls_cert.empty();
  for (const Setting& setting : settings()) {
    if (same(setting, in_force, fresh)) continue;
    const bool of_tls = setting.name().starts_with("server.tls_");
    if (!setting.reloads || (of_tls && tls_switched)) {
      found.need_restart.push_back(setting.name());
    } else {
      found.applied.push_back(setting.name());
      copy(setting, fresh, found.in_force);
    }
  }
  return found;
}

}  // namespace rollcall::app
