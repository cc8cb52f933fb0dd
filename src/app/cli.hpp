// The command line: which command, with which options.
//
// Called by main only. Pure except for printing; implemented with CLI11. Reference: packaging/man.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <variant>

#include "calls/service_key.hpp"
#include "rollcall/time.hpp"
#include "rollcall/verifier.hpp"

namespace rollcall::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitBadConfig = 2;  // or a bad command line

struct ServeCommand {
  bool dev = false;
  bool fresh = false;  // with dev: makes a new secret and key
  std::optional<std::string> config_file;
  std::optional<std::string> env_file;
  std::optional<std::string> listen;
};

struct TokenCommand {
  Claims claims;  // expires_at stays empty until the token is made
  seconds ttl{3600};
  std::optional<std::string> config_file;
  std::optional<std::string> env_file;
};

struct CheckConfigCommand {
  std::optional<std::string> config_file;
  std::optional<std::string> env_file;
};

struct KeyCommand {
  std::string name;
  calls::Scopes scopes;
};

// `rollcall webhook test`.
struct WebhookCommand {
  std::optional<std::string> config_file;
  std::optional<std::string> env_file;
  std::optional<std::string> url;  // instead of webhooks.urls
};

// `rollcall describe`.
struct DescribeCommand {};

// The int is an exit status: after --help, --version, or a mistake, which has been printed.
using Command = std::variant<ServeCommand, TokenCommand, CheckConfigCommand, KeyCommand, WebhookCommand,
                             DescribeCommand, int>;

Command parse_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
