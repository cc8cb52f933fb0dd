#include "app/config_loader.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "app/config_checks.hpp"
#include "app/listen_address.hpp"
#include "app/settings.hpp"
#include "app/suggestion.hpp"
#include "app/toml_source.hpp"
#include "base/json.hpp"

namespace rollcall::app {
namespace {

constexpr std::string_view kPrefix = "ROLLCALL_";
constexpr std::string_view kListenFlag = "--listen";

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

class Loader {
 public:
  explicit Loader(const LoadInput& input) : input_(input) {}

  Result<Config, std::vector<ConfigError>> run() {
    const bool whole = load_file();
    load_environment();
    load_flags();
    // Without the file nothing can be said about what is missing.
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

  // Notes the outcome of assigning to `setting` from `place`.
  void note(const Setting& setting, Place place, std::optional<std::string> mistake) {
    if (mistake) {
      add(place, std::move(*mistake));
      unsound_.insert(setting.name());
    }
    places_[setting.name()] = std::move(place);
  }

  // False if there is a file, but not to be had.
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

  std::optional<std::string> variable(std::string_view name) const {
    for (const auto& [key, value] : input_.environment) {
      if (key == name && !value.empty()) return value;
    }
    return std::nullopt;
  }

  void load_environment() {
    load_shortcuts();
    for (const Setting& setting : settings()) {
      const std::string name = setting.environment();
      if (const auto text = variable(name))
        note(setting, {"", 0, name}, assign_text(setting, *text, config_));
    }
    std::set<std::string> unknown;
    for (const auto& [name, value] : input_.environment) {
      if (!value.empty() && is_unknown(name, value)) unknown.insert(name);
    }
    for (const std::string& name : unknown) add({"", 0, name}, unknown_variable(name));
  }

  // Only where nothing stronger says the same, which would make their mistakes harmless.
  void load_shortcuts() {
    const Setting& secret = *find_setting("auth", "jwt_secret");
    const auto text = variable("JWT_SECRET");
    if (text && !variable(secret.environment())) {
      note(secret, {"", 0, "JWT_SECRET"}, assign_text(secret, *text, config_));
    }
    const Setting& listen = *find_setting("server", "listen");
    const auto port_text = variable("PORT");
    if (!port_text || variable(listen.environment()) || input_.listen_flag) return;
    auto addresses = parse_listen_list(config_.server.listen);
    const auto port = parse_port(*port_text);
    if (!port) {
      note(listen, {"", 0, "PORT"},
           "must be a whole number from 0 to 65535, not " + base::json::quote(*port_text));
    } else if (addresses) {
      for (ListenAddress& address : *addresses) address.port = *port;
      config_.server.listen = to_text(*addresses);
    }
  }

  static bool is_unknown(std::string_view name, std::string_view value) {
    if (!name.starts_with(kPrefix)) return false;
    const auto all = settings();
    if (std::any_of(all.begin(), all.end(), [&](const Setting& one) { return one.environment() == name; })) {
      return false;
    }
    return std::any_of(all.begin(), all.end(), [&](const Setting& one) {
      const std::string full = one.environment();
      const std::size_t length = full.size() - one.key.size();
      return name.starts_with(full.substr(0, length)) && !is_service_link(name.substr(length), value);
    });
  }

  // Kubernetes and Docker tell every container where a service named "rollcall-server" is by
  // ROLLCALL_SERVER_SERVICE_HOST, ROLLCALL_SERVER_PORT=tcp://... and the like. No setting has such a name.
  static bool is_service_link(std::string_view rest, std::string_view value) {
    return rest.starts_with("SERVICE_HOST") || rest.starts_with("SERVICE_PORT") ||
           rest.starts_with("PORT_") || (rest == "PORT" && value.find("://") != std::string_view::npos);
  }

  static std::string unknown_variable(std::string_view name) {
    std::vector<std::string> names;
    for (const Setting& setting : settings()) names.push_back(setting.environment());
    const std::vector<std::string_view> views(names.begin(), names.end());
    if (const auto meant = nearest(name, views)) {
      return "is not a setting; did you mean " + std::string(*meant) + "?";
    }
    std::vector<std::string_view> siblings;
    const std::size_t section_end = name.find('_', kPrefix.size()) + 1;
    for (const std::string_view view : views) {
      if (view.starts_with(name.substr(0, section_end))) siblings.push_back(view);
    }
    return "is not a setting; there are " + joined(siblings);
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
    // Whether the keys serve the settings can be said only of settings that are right.
    const bool settled = errors_.empty();
    for (NamedFileMistake& mistake : input_.try_files(config_)) {
      if (!unsound_.contains(mistake.setting) && (mistake.in_file || settled))
        errors_.push_back(places.blame(mistake.setting, std::move(mistake.message)));
    }
  }

  const LoadInput& input_;
  Config config_;
  std::vector<ConfigError> errors_;
  std::map<std::string, Place, std::less<>> places_;  // by the setting's name
  std::set<std::string, std::less<>> unsound_;
};

// As it is, unless it would confuse whoever reads it.
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
