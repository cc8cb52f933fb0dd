#include "app/named_files.hpp"

#include <algorithm>
#include <string_view>

#include "embed/file.hpp"
#include "embed/keys.hpp"
#include "net/tls.hpp"

namespace rollcall::app {
namespace {

constexpr const char* kNames = "names what cannot be used: ";

NamedFileMistake about_keys(const AuthSettings& auth, const std::string& mistake) {
  const auto about = [&](const std::string& file) { return !file.empty() && mistake.starts_with(file); };
  if (about(auth.jwks_file)) return {"auth.jwks_file", kNames + mistake};
  if (std::any_of(auth.public_keys.begin(), auth.public_keys.end(), about)) {
    return {"auth.public_keys", kNames + mistake};
  }
  if (mistake.starts_with("The secret")) return {"auth.jwt_secret", "cannot be used: " + mistake};
  return {"auth.algorithms", "cannot be served: " + mistake, false};
}

void try_keys(const AuthSettings& auth, std::vector<NamedFileMistake>& mistakes) {
  if (auth.jwt_secret.empty() && auth.public_keys.empty() && auth.jwks_file.empty()) return;
  const auto keys = embed::load_keys(auth);
  if (keys) return;
  for (const std::string& mistake : keys.error()) mistakes.push_back(about_keys(auth, mistake));
}

// `wanted`: what the first line of the PEM must contain.
bool readable(const char* setting, const std::string& file, std::string_view wanted,
              std::vector<NamedFileMistake>& mistakes) {
  const auto text = embed::read_file(file, embed::kMaxKeyFileBytes);
  if (!text) {
    mistakes.push_back({setting, kNames + file + " " + text.error()});
    return false;
  }
  if (text->find(wanted) != std::string::npos) return true;
  mistakes.push_back({setting, kNames + file + " is no PEM file with \"" + std::string(wanted) + "\" in it"});
  return false;
}

void try_tls(const ServerSettings& server, std::vector<NamedFileMistake>& mistakes) {
  const bool cert = !server.tls_cert.empty() &&
                    readable("server.tls_cert", server.tls_cert, "BEGIN CERTIFICATE-----", mistakes);
  const bool key =
      !server.tls_key.empty() && readable("server.tls_key", server.tls_key, "PRIVATE KEY-----", mistakes);
  if (!cert || !key) return;
  if (const auto tls = net::TlsContext::load(server.tls_cert, server.tls_key); !tls) {
    const bool of_key = tls.error().starts_with("the TLS key");
    mistakes.push_back({of_key ? "server.tls_key" : "server.tls_cert", kNames + tls.error()});
  }
}

void try_ca_file(const std::string& file, std::vector<NamedFileMistake>& mistakes) {
  if (!file.empty()) readable("webhooks.ca_file", file, "BEGIN CERTIFICATE-----", mistakes);
}

}  // namespace

std::vector<NamedFileMistake> try_named_files(const Config& config) {
  std::vector<NamedFileMistake> mistakes;
  try_tls(config.server, mistakes);
  try_keys(config.auth, mistakes);
  try_ca_file(config.webhooks.ca_file, mistakes);
  return mistakes;
}

}  // namespace rollcall::app
