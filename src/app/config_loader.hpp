// Turns the configuration file, the environment (and an env file) and the flags into a Config, or reports
// every mistake in them.
//
// Called by the commands, and when the server reloads. load_config is pure and thread-safe; read_config reads
// the files (of at most kMaxConfigBytes each) and the environment for it. File names in a
// file are relative to it. The keys: settings.hpp. Source: config/rollcall.toml.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/named_files.hpp"
#include "rollcall/config.hpp"
#include "rollcall/result.hpp"

namespace rollcall::app {

inline constexpr std::size_t kMaxConfigBytes = 1 << 20;

// `message` is the rest of the sentence that `key` begins, or a whole one if there is no key. It never
// quotes a secret.
struct ConfigError {
  std::string file;   // empty for the environment and the flags
  unsigned line = 0;  // 0: no particular line
  std::string key;    // "server.listen", "ROLLCALL_SERVER_LISTEN", "--listen", or empty
  std::string message;

  bool operator==(const ConfigError&) const = default;
};

// "rollcall.toml:3: server.workers must be ...".
std::string to_text(const ConfigError& error);
// A headline, then one line per error.
std::string to_text(const std::vector<ConfigError>& errors);

struct LoadInput {
  std::optional<std::string> file_path;  // for error messages only
  std::string file_text;
  std::optional<std::string> file_error;                         // instead of a text: "cannot be read: ..."
  std::vector<std::pair<std::string, std::string>> environment;  // empty values count as unset
  // An env file, whose variables win over the environment's.
  std::optional<std::string> env_file_path;
  std::string env_file_text;
  std::optional<std::string> env_file_error;
  std::optional<std::string> listen_flag;
  bool dev = false;  // the server may start without keys: it generates a secret
  // Checks the files that settings name; empty: they are not checked.
  std::function<std::vector<NamedFileMistake>(const Config&)> try_files;
};

Result<Config, std::vector<ConfigError>> load_config(const LoadInput& input);

struct ConfigFlags {
  std::optional<std::string> config_file;
  std::optional<std::string> env_file;  // with a leading '-': skipped if it cannot be read
  std::optional<std::string> listen;
  bool dev = false;
};

// load_config with the file's text, this process's environment, and the files that settings name.
Result<Config, std::vector<ConfigError>> read_config(const ConfigFlags& flags);

}  // namespace rollcall::app
