#include "app/development.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "app/env_file.hpp"
#include "app/key_command.hpp"
#include "embed/file.hpp"
#include "net/random.hpp"
#include "rollcall/tokens.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kSecretBytes = 48;
constexpr seconds kTokenLife{24 * 3600};
constexpr std::size_t kMaxStateBytes = 4096;
constexpr const char* kSecretName = "JWT_SECRET";
constexpr const char* kKeyName = "ROLLCALL_API_KEY";
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

calls::Scopes all_scopes() {
  calls::Scopes all;
  all.add(calls::Scope::admin);
  return all;
}

// XDG Base Directory Specification: $XDG_STATE_HOME, which must be absolute, or ~/.local/state.
std::string state_directory() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/') return std::string(state) + "/rollcall";
  const char* home = std::getenv("HOME");
  if (home && *home == '/') return std::string(home) + "/.local/state/rollcall";
  return {};
}

DevState new_state() {
  DevState state;
  state.jwt_secret = net::random_id(kSecretBytes);
  state.api_key = make_random_key("dev", all_scopes()).secret;
  return state;
}

// Empty unless the file exists, belongs to us alone, and is complete.
DevState stored(const std::string& file) {
  struct stat info {};
  if (lstat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & kOthers) != 0) {
    return {};
  }
  const auto text = embed::read_file(file, kMaxStateBytes);
  if (!text) return {};
  DevState state;
  for (const EnvFile::Variable& variable : parse_env_file(*text).variables) {
    if (variable.name == kSecretName) state.jwt_secret = variable.value;
    if (variable.name == kKeyName) state.api_key = variable.value;
  }
  if (state.jwt_secret.size() < 32 || !state.api_key.starts_with("rck_")) return {};
  state.file = file;
  return state;
}

std::string reason(int error) {
  return std::generic_category().message(error);
}

// Atomic: writes a temporary file next to it and renames that. The error is the reason.
std::string store(const DevState& state, const std::string& file) {
  const std::string beside = file + "." + net::random_id(9);
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return reason(errno);
  const std::string text = "# Of `rollcall serve --dev`. A new one: rollcall serve --dev --fresh\n" +
                           env_line(kSecretName, state.jwt_secret) + env_line(kKeyName, state.api_key);
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  int error = written ? 0 : errno;
  ::close(descriptor);
  if (error == 0 && std::rename(beside.c_str(), file.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(beside.c_str());
  return reason(error);
}

WallTime wall_now() {
  return WallTime{
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch())};
}

std::string token_for(const std::string& subject, const std::string& secret) {
  const WallTime now = wall_now();
  Claims claims;
  claims.subject = subject;
  claims.email = subject + "@example.com";
  claims.role = "tester";
  claims.expires_at = now + kTokenLife;
  return sign_hs256(claims, secret, now);
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':'));
}

// An address that browsers and Node can open. "localhost" is ::1 to some and 127.0.0.1 to others, so we show
// it only if the server listens on both.
std::string host_to_open(const std::vector<std::string>& addresses) {
  const std::string& first = addresses.front();
  const bool v4 = first.starts_with("0.0.0.0:"), v6 = first.starts_with("[::]:");
  if (!v4 && !v6) return first;
  const std::string other = (v4 ? "[::]" : "0.0.0.0") + port_of(first);
  const bool both = std::find(addresses.begin(), addresses.end(), other) != addresses.end();
  return (both ? "localhost" : v4 ? "127.0.0.1" : "[::1]") + port_of(first);
}

}  // namespace

DevState development_state(bool fresh) {
  return development_state(fresh, state_directory());
}

DevState development_state(bool fresh, const std::string& directory) {
  const std::string file = directory + "/dev.env";
  if (!directory.empty() && !fresh) {
    if (DevState state = stored(file); !state.file.empty()) return state;
  }
  DevState state = new_state();
  if (directory.empty()) {
    state.note = "neither XDG_STATE_HOME nor HOME names a directory";
    return state;
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), error);
  if (!error && ::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    error = std::error_code(errno, std::generic_category());
  state.note = error ? error.message() : store(state, file);
  if (state.note.empty()) {
    state.file = file;
  } else {
    state.note = file + " cannot be written: " + state.note;
  }
  return state;
}

void complete_for_development(Config& config, const DevState& state) {
  AuthSettings& auth = config.auth;
  if (auth.jwt_secret.empty() && auth.public_keys.empty() && auth.jwks_file.empty()) {
    auth.jwt_secret = state.jwt_secret;
    auth.algorithms = {"HS256"};
  }
  if (config.api.keys.empty()) config.api.keys = {key_item("dev", all_scopes(), state.api_key)};
  if (config.cors.origins.empty()) config.cors.origins = {"*"};  // frontends on another port
}

std::string development_announcement(const Config& config, const std::vector<std::string>& addresses,
                                     const DevState& state) {
  const std::string url = (config.server.tls_cert.empty() ? "http://" : "https://") + host_to_open(addresses);
  const bool own_key = config.api.keys == std::vector{key_item("dev", all_scopes(), state.api_key)};
  const bool own_secret = config.auth.jwt_secret == state.jwt_secret;
  std::ostringstream out;
  out << "\nDevelopment mode: do not use it in production.\n"
      << "Test page: " << url << "/\n"
      << "Dashboard: " << url << "/dashboard" << (own_key ? "#key=" + state.api_key : "") << "\n";
  if (!config.auth.jwt_secret.empty()) {
    out << "Tokens that are ready to use, for 24 hours:\n";
    for (const char* user : {"user-1", "user-2"}) {
      const std::string token = token_for(user, config.auth.jwt_secret);
      out << "  " << user << ": " << token << "\n"
          << "    open " << url << "/#token=" << token << "\n";
    }
  }
  if (own_key) {
    out << "API key: " << state.api_key << "\n  curl -H 'Authorization: Bearer " << state.api_key << "' "
        << url << "/api/v1/presence/online\n";
  }
  if (own_secret || own_key) {
    out << (state.file.empty() ? "The secret and the key end with this process: " + state.note
                               : "The secret and the key are kept in " + state.file +
                                     "; new ones: rollcall serve --dev --fresh")
        << "\n";
  }
  return out.str();
}

}  // namespace rollcall::app
