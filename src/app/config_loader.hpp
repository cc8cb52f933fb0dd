// From the configuration file, the environment (a file of it, too) and the flags to a Config, or to every
// mistake in them.
//
// Called by the commands, and when the server reloads. load_config is pure and thread-safe; read_config reads
// the files (of at most kMaxConfigBytes each) and the environment for it. Names of files that stand in a file
// are relative to that file. What keys there are: settings.hpp. Source: config/rollcall.toml.
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
  unsigned line = 0;  // 0 = no particular one
  std::string key;    // "server.listen", "ROLLCALL_SERVER_LISTEN", "--listen", or empty
  std::string message;

  bool operator==(const ConfigError&) const = default;
};

// "rollcall.toml:3: server.workers must be ...".
std::string to_text(const ConfigError& error);
// A headline, then a line for each.
std::string to_text(const std::vector<ConfigError>& errors);

struct LoadInput {
  std::optional<std::string> file_path;  // only named in errors
  std::string file_text;
  std::optional<std::string> file_error;                         // instead of a text: "cannot be read: ..."
  std::vector<std::pair<std::string, std::string>> environment;  // empty values count as unset
  // A file of more variables, which win over the environment's.
  std::optional<std::string> env_file_path;
  std::string env_file_text;
  std::optional<std::string> env_file_error;
  std::optional<std::string> listen_flag;
  bool dev = false;  // the server may start without any key, and makes a secret of its own
  // What is wrong with the files that settings name; none: they are not looked at.
  std::function<std::vector<NamedFileMistake>(const Config&)> try_files;
};

Result<Config, std::vector<ConfigError>> load_config(const LoadInput& input);

struct ConfigFlags {
  std::optional<std::string> config_file;
  std::optional<std::string> env_file;  // with - in front it counts only if it can be read
  std::optional<std::string> listen;
  bool dev = false;
};

// load_config with the file's text, this process's environment, and the files that settings name.
Result<Config, std::vector<ConfigError>> read_config(const ConfigFlags& flags);

}  // namespace rollcall::app
