#include "app/config_loader.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "app/config_checks.hpp"
#include "app/env_file.hpp"
#include "app/environment_names.hpp"
#include "app/listen_address.hpp"
#include "app/settings.hpp"
#include "app/suggestion.hpp"
#include "app/toml_source.hpp"
#include "base/json.hpp"

namespace rollcall::app {
namespace {

constexpr std::string_view kListenFlag = "--listen";
constexpr std::array kOfKeys = {std::string_view("auth.jwt_secret"), std::string_view("auth.algorithms"),
                                std::string_view("auth.public_keys"), std::string_view("auth.jwks_file")};

// "/etc/rollcall" for "/etc/rollcall/rollcall.toml"; empty for a file in the current directory.
std::string_view folder_of(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos) return {};
  return slash == 0 ? "/." : file.substr(0, slash);
}

class Loader {
 public:
  explicit Loader(const LoadInput& input) : input_(input) {}

  Result<Config, std::vector<ConfigError>> run() {
    const bool whole = load_file();
    gather_variables();
    load_environment();
    load_flags();
    // Without the file, we cannot tell what is missing.
    if (whole) check();
    if (!errors_.empty()) return fail(std::move(errors_));
    return std::move(config_);
  }

 private:
  struct Place {
    std::string file;
    unsigned line = 0;
    std::string key;
  };

  void add(const Place& place, std::string message) {
    errors_.push_back({place.file, place.line, place.key, std::move(message)});
  }

  // Records the outcome of assigning to `setting` from `place`.
  void note(const Setting& setting, Place place, std::optional<std::string> mistake) {
    if (mistake) {
      add(place, std::move(*mistake));
      unsound_.insert(setting.name());
    } else if (setting.file && !place.file.empty()) {
      resolve_files(setting, folder_of(place.file), config_);
    }
    places_[setting.name()] = std::move(place);
  }

  // False if there is a file that cannot be read.
  bool load_file() {
    if (!input_.file_path) return true;
    if (input_.file_error) {
      add({*input_.file_path, 0, ""}, *input_.file_error);
      return false;
    }
    FileContents contents = parse_toml(input_.file_text);
    for (ConfigError& error : contents.errors) error.file = *input_.file_path;
    errors_ = std::move(contents.errors);
    for (const auto& [section, line] : contents.sections) check_section(section, line);
    for (const FileEntry& entry : contents.entries) load_entry(entry);
    // Do not complain again about settings that an unreadable line would have set.
    for (const auto& [section, key] : contents.unreadable) {
      if (const Setting* setting = find_setting(section, key)) unsound_.insert(setting->name());
    }
    std::stable_sort(errors_.begin(), errors_.end(),
                     [](const ConfigError& a, const ConfigError& b) { return a.line < b.line; });
    return contents.parsed;
  }

  void check_section(const std::string& section, unsigned line) {
    const auto known = sections();
    if (std::find(known.begin(), known.end(), section) != known.end()) return;
    const auto meant = nearest(section, known);
    add({*input_.file_path, line, section},
        meant ? "is not a section; did you mean [" + std::string(*meant) + "]?"
              : "is not a section; there are " + joined(known));
  }

  void load_entry(const FileEntry& entry) {
    const auto keys = keys_of(entry.section);
    if (keys.empty()) return;  // check_section has complained
    const Place place{*input_.file_path, entry.line, entry.section + "." + entry.key};
    const Setting* setting = find_setting(entry.section, entry.key);
    if (!setting) return add(place, unknown_key(entry, keys));
    if (entry.value) return note(*setting, place, assign(*setting, *entry.value, config_));
    note(*setting, place, requirement(*setting) + ", not " + entry.type);
  }

  static std::string unknown_key(const FileEntry& entry, const std::vector<std::string_view>& keys) {
    std::string message = "is not a setting; ";
    for (const std::string_view other : sections()) {
      if (find_setting(other, entry.key))
        return message + entry.key + " belongs below [" + std::string(other) + "]";
    }
    if (const auto meant = nearest(entry.key, keys)) {
      return message + "did you mean " + std::string(*meant) + "?";
    }
    return message + "[" + entry.section + "] has " + joined(keys);
  }

  struct Variable {
    std::string value;
    Place place;
  };

  // The env file wins: it is what the service's environment will consist of.
  void gather_variables() {
    for (const auto& [name, value] : input_.environment) {
      if (!value.empty()) variables_[name] = {value, {"", 0, name}};
    }
    if (!input_.env_file_path) return;
    const std::string& path = *input_.env_file_path;
    if (input_.env_file_error) return add({path, 0, ""}, *input_.env_file_error);
    const EnvFile file = parse_env_file(input_.env_file_text);
    for (const auto& [line, message] : file.mistakes) add({path, line, ""}, "this line " + message);
    for (const EnvFile::Variable& variable : file.variables) {
      if (!variable.value.empty())
        variables_[variable.name] = {variable.value, {path, variable.line, variable.name}};
    }
  }

  const Variable* variable(std::string_view name) const {
    const auto found = variables_.find(name);
    return found == variables_.end() ? nullptr : &found->second;
  }

  void load_environment() {
    load_shortcuts();
    for (const Setting& setting : settings()) {
      if (const Variable* text = variable(setting.environment()))
        note(setting, text->place, assign_text(setting, text->value, config_));
    }
    for (const auto& [name, text] : variables_) {
      if (is_unknown_variable(name, text.value)) add(text.place, about_unknown_variable(name));
    }
  }

  // Only where no stronger source sets the same, which would make a mistake here harmless.
  void load_shortcuts() {
    const Setting& secret = *find_setting("auth", "jwt_secret");
    const Variable* text = variable("JWT_SECRET");
    if (text && !variable(secret.environment())) {
      note(secret, text->place, assign_text(secret, text->value, config_));
    }
    const Setting& listen = *find_setting("server", "listen");
    const Variable* port_text = variable("PORT");
    if (!port_text || variable(listen.environment()) || input_.listen_flag) return;
    auto addresses = parse_listen_list(config_.server.listen);
    const auto port = parse_port(port_text->value);
    if (!port) {
      note(listen, port_text->place,
           "must be a whole number from 0 to 65535, not " + base::json::quote(port_text->value));
    } else if (addresses) {
      for (ListenAddress& address : *addresses) address.port = *port;
      config_.server.listen = to_text(*addresses);
    }
  }

  void load_flags() {
    if (!input_.listen_flag) return;
    const Setting& listen = *find_setting("server", "listen");
    note(listen, {"", 0, std::string(kListenFlag)}, assign_text(listen, *input_.listen_flag, config_));
  }

  void check() {
    const Places places{
        [this](std::string_view name, std::string message) {
          const auto place = places_.find(name);
          if (place == places_.end()) return ConfigError{"", 0, std::string(name), std::move(message)};
          return ConfigError{place->second.file, place->second.line, place->second.key, std::move(message)};
        },
        [this](std::string_view name) { return !unsound_.contains(name); }};
    for (ConfigError& error : check_together(config_, input_.dev, places))
      errors_.push_back(std::move(error));
    if (!input_.try_files) return;
    // Keys can be checked against [auth] only if its settings are valid.
    const bool settled = std::none_of(kOfKeys.begin(), kOfKeys.end(), [&](std::string_view name) {
      return unsound_.contains(name) ||
             std::any_of(errors_.begin(), errors_.end(),
                         [&](const ConfigError& one) { return one == places.blame(name, one.message); });
    });
    for (NamedFileMistake& mistake : input_.try_files(config_)) {
      if (!unsound_.contains(mistake.setting) && (mistake.in_file || settled))
        errors_.push_back(places.blame(mistake.setting, std::move(mistake.message)));
    }
  }

  const LoadInput& input_;
  Config config_;
  std::vector<ConfigError> errors_;
  std::map<std::string, Variable, std::less<>> variables_;
  std::map<std::string, Place, std::less<>> places_;  // by the setting's name
  std::set<std::string, std::less<>> unsound_;
};

// As is, unless it would confuse the reader.
std::string shown_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  return plain ? name : base::json::quote(name);
}

}  // namespace

std::string to_text(const ConfigError& error) {
  std::string text;
  if (!error.file.empty()) {
    text += error.file + ":";
    if (error.line > 0) text += std::to_string(error.line) + ":";
    text += " ";
  }
  if (!error.key.empty()) text += shown_name(error.key) + " ";
  return text + error.message;
}

std::string to_text(const std::vector<ConfigError>& errors) {
  std::string text = errors.size() == 1
                         ? "There is a mistake in the configuration:\n"
                         : "There are " + std::to_string(errors.size()) + " mistakes in the configuration:\n";
  for (const ConfigError& error : errors) text += "  " + to_text(error) + "\n";
  return text;
}

Result<Config, std::vector<ConfigError>> load_config(const LoadInput& input) {
  return Loader(input).run();
}

}  // namespace rollcall::app
