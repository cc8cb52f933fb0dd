// The one table of all settings. TOML, the environment, errors, `check-config` and the test of
// config/rollcall.toml all use it: a new setting is a member in rollcall/config.hpp, a row in
// settings_table.cpp, and a paragraph in the sample.
//
// Used by the configuration loader and the commands. Pure; thread-safe. Source: config/rollcall.toml.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rollcall/config.hpp"
#include "rollcall/time.hpp"

namespace rollcall::app {

using TextList = std::vector<std::string>;
// The member that holds a setting.
using Target = std::variant<std::string*, TextList*, bool*, std::uint32_t*, std::size_t*, milliseconds*>;
// The types of values in a file: text, a list of text, a boolean, a whole number.
using Value = std::variant<std::string, TextList, bool, std::int64_t>;

// For numbers and durations.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

struct Setting {
  std::string_view section;
  std::string_view key;
  Target (*target)(Config&);
  Range range{};
  // For text, and for each item of a list: what is allowed, in words, and whether `text` is allowed.
  std::string_view allowed{};
  bool (*accepts)(std::string_view text) = nullptr;
  bool secret = false;   // neither its value nor a part of it is ever shown; check_together validates it
  bool filled = false;   // must not be an empty list
  bool or_list = false;  // text that may also be given as a list; stored comma-separated
  bool file = false;     // names one or several files: see resolve_files
  bool reloads = false;  // takes effect on SIGHUP; otherwise at a restart

  std::string name() const;         // "server.listen"
  std::string environment() const;  // "ROLLCALL_SERVER_LISTEN"
};

// In the order of the sample, section by section.
std::span<const Setting> settings();

// Each section once, in order.
std::vector<std::string_view> sections();
std::vector<std::string_view> keys_of(std::string_view section);
const Setting* find_setting(std::string_view section, std::string_view key);

// What a value must be: "must be a whole number from 0 to 1024".
std::string requirement(const Setting& setting);

bool same(const Setting& setting, Config a, Config b);
void copy(const Setting& setting, Config from, Config& to);

// Puts `value` into `config`. The error is the rest of a sentence that begins with the setting's name:
// "must be a whole number from 0 to 1024, not 2000". It never quotes a secret.
std::optional<std::string> assign(const Setting& setting, const Value& value, Config& config);
// The same for the text of an environment variable, where lists are comma-separated.
std::optional<std::string> assign_text(const Setting& setting, std::string_view text, Config& config);

// File names in a file are relative to it: prefixes the relative ones of `setting` with `folder`.
void resolve_files(const Setting& setting, std::string_view folder, Config& config);

// The value as TOML; secrets that are set as "***".
std::string value_text(const Setting& setting, Config config);
// The whole Config as TOML, without its secrets.
std::string describe(const Config& config);

}  // namespace rollcall::app
