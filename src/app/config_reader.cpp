// Implements the half of config_loader.hpp that reads the file and the environment.
#include <unistd.h>

#include "app/config_loader.hpp"
#include "embed/file.hpp"

namespace rollcall::app {
namespace {

std::vector<std::pair<std::string, std::string>> environment_variables() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

void read_env_file(const ConfigFlags& flags, LoadInput& input) {
  if (!flags.env_file) return;
  const bool optional = flags.env_file->starts_with('-');
  const std::string path = flags.env_file->substr(optional ? 1 : 0);
  if (optional && access(path.c_str(), R_OK) != 0) return;
  input.env_file_path = path;
  auto text = embed::read_file(path, kMaxConfigBytes);
  if (text) {
    input.env_file_text = std::move(*text);
  } else {
    input.env_file_error = std::move(text.error());
  }
}

}  // namespace

Result<Config, std::vector<ConfigError>> read_config(const ConfigFlags& flags) {
  LoadInput input;
  input.environment = environment_variables();
  input.listen_flag = flags.listen;
  input.dev = flags.dev;
  input.try_files = try_named_files;
  input.file_path = flags.config_file;
  if (flags.config_file) {
    auto text = embed::read_file(*flags.config_file, kMaxConfigBytes);
    if (text) {
      input.file_text = std::move(*text);
    } else {
      input.file_error = std::move(text.error());
    }
  }
  read_env_file(flags, input);
  return load_config(input);
}

}  // namespace rollcall::app
