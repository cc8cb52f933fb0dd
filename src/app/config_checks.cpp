#include "app/config_checks.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>

#include "app/setting_rules.hpp"
#include "calls/service_key.hpp"
#include "jwt/algorithm.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kWebhookSecretBytes = 32;

class Checks {
 public:
  Checks(const Config& config, bool dev, const Places& places)
      : config_(config), dev_(dev), places_(places) {}

  std::vector<ConfigError> run() {
    check_tls();
    check_keys();
    check_webhooks();
    check_api_keys();
    check_metrics();
    return std::move(errors_);
  }

 private:
  void add(std::string_view name, std::string message) {
    errors_.push_back(places_.blame(name, std::move(message)));
  }

  bool sound(std::initializer_list<std::string_view> names) const {
    return std::all_of(names.begin(), names.end(), places_.sound);
  }

  void check_tls() {
    if (!sound({"server.tls_cert", "server.tls_key"})) return;
    const bool cert = !config_.server.tls_cert.empty();
    const bool key = !config_.server.tls_key.empty();
    if (cert && !key) add("server.tls_cert", "needs server.tls_key beside it: set both, or neither");
    if (key && !cert) add("server.tls_key", "needs server.tls_cert beside it: set both, or neither");
  }

  // The listed algorithms that need a secret (or a public key), comma-separated.
  std::string listed(bool needing_secret) const {
    std::string names;
    for (const std::string& name : config_.auth.algorithms) {
      const auto algorithm = jwt::parse_algorithm(name);
      if (!algorithm || (jwt::family_of(*algorithm) == jwt::Family::secret) != needing_secret) continue;
      names += (names.empty() ? "" : ", ") + name;
    }
    return names;
  }

  void check_keys() {
    if (!sound({"auth.jwt_secret", "auth.algorithms", "auth.public_keys", "auth.jwks_file"})) return;
    const AuthSettings& auth = config_.auth;
    const bool public_key = !auth.public_keys.empty() || !auth.jwks_file.empty();
    const std::string with_secret = listed(true);
    const std::string with_public_key = listed(false);
    const bool has_key = !auth.jwt_secret.empty() || public_key;
    if (!has_key && dev_ && with_public_key.empty()) return;
    if (!has_key && !dev_) {
      add("auth.jwt_secret",
          "is not set, and there is no other key to verify tokens with: set JWT_SECRET in the environment "
          "(for the Debian package's service: in /etc/rollcall/secrets.env) to the secret that signs your "
          "tokens, or auth.public_keys or auth.jwks_file (and auth.algorithms); to just try the server, "
          "start "
          "it with --dev");
      return;
    }
    if (auth.jwt_secret.empty() && !with_secret.empty()) {
      add("auth.algorithms", "lists " + with_secret + ": set auth.jwt_secret (or JWT_SECRET), or list only " +
                                 "the algorithms of your public keys");
    }
    if (!public_key && !with_public_key.empty()) {
      add("auth.algorithms", "lists " + with_public_key + ": set auth.public_keys or auth.jwks_file");
    }
  }

  void check_webhooks() {
    const WebhookSettings& webhooks = config_.webhooks;
    const bool some_url = !webhooks.urls.empty() || !sound({"webhooks.urls"});
    if (!sound({"webhooks.secret"}) || !some_url) return;
    if (webhooks.secret.size() >= kWebhookSecretBytes) return;
    add("webhooks.secret",
        webhooks.secret.empty()
            ? "is not set, but webhooks.urls are: receivers know by it that a request is from this server; "
              "make "
              "one with: openssl rand -hex 32"
            : "must be at least " + std::to_string(kWebhookSecretBytes) +
                  " bytes long, or it could be guessed; make one with: openssl rand -hex 32");
  }

  void check_api_keys() {
    if (!sound({"api.keys"})) return;
    std::map<std::string, std::size_t> names, digests;
    std::size_t place = 0;
    for (const std::string& text : config_.api.keys) {
      const std::string item = "item " + std::to_string(++place);
      const auto key = calls::parse_service_key(text);
      if (!key) {
        add("api.keys", item + " " + key.error());
        continue;
      }
      const auto [same_name, new_name] = names.emplace(key->name, place);
      const auto [same_digest, new_digest] = digests.emplace(calls::to_hex(key->digest), place);
      const auto of = [](std::size_t other) { return " of item " + std::to_string(other); };
      if (!new_name) add("api.keys", item + " has the name" + of(same_name->second) + ": each needs its own");
      if (!new_digest)
        add("api.keys", item + " has the digest" + of(same_digest->second) + ": each needs its own");
    }
  }

  void check_metrics() {
    if (!sound({"api.keys", "api.metrics"}) || dev_) return;
    if (config_.api.metrics != "key" || !config_.api.keys.empty()) return;
    add("api.metrics",
        "is key, but there are no api.keys: nobody could read /metrics; make one with: rollcall key");
  }

  const Config& config_;
  bool dev_;
  const Places& places_;
  std::vector<ConfigError> errors_;
};

}  // namespace

std::vector<ConfigError> check_together(const Config& config, bool dev, const Places& places) {
  return Checks(config, dev, places).run();
}

std::vector<std::string> config_warnings(const Config& config) {
  std::vector<std::string> warnings;
  const auto& origins = config.cors.origins;
  if (config.cors.credentials && std::find(origins.begin(), origins.end(), "*") != origins.end()) {
    warnings.emplace_back(
        "cors.origins has * and cors.credentials is true: any page on the web may use the cookies of your "
        "users; list the exact origins instead");
  }
  if (config.limits.event_bytes > config.engineio.max_payload_bytes) {
    warnings.emplace_back(
        "limits.event_bytes is above engineio.max_payload_bytes, which closes the connection first");
  }
  for (const std::string& url : config.webhooks.urls) {
    if (!url.starts_with("http://") || is_loopback_url(url)) continue;
    warnings.emplace_back(
        "webhooks.urls has a URL of http to another host: who is online, and with which address, goes there "
        "for all to read; use https");
    break;
  }
  if (config.webhooks.urls.empty() && !config.webhooks.secret.empty()) {
    warnings.emplace_back("webhooks.secret is set, but no webhooks.urls: nothing is sent");
  }
  return warnings;
}

}  // namespace rollcall::app
