// The one table of everything that can be set. TOML, the environment, errors, `check-config` and the
// test of config/rollcall.toml all go by it: a new setting is a member in rollcall/config.hpp, a row in
// settings_table.cpp, and a paragraph in the sample.
//
// Used by the configuration loader and its neighbours. Pure; thread-safe. Source: config/rollcall.toml.
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
// Where a setting is kept.
using Target = std::variant<std::string*, TextList*, bool*, std::uint32_t*, std::size_t*, milliseconds*>;
// What a file can hold: text, a list of text, a boolean, a whole number.
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
  // For text, and for each item of a list: what is allowed, in words, and whether `text` is.
  std::string_view allowed{};
  bool (*accepts)(std::string_view text) = nullptr;
  bool secret =
      false;  // its value, or what is wrong in it, is never shown; what it may be is check_together's
  bool filled = false;   // an empty list is a mistake
  bool or_list = false;  // a text that may be given as a list, too: kept with commas
  bool file = false;     // names a file, or several: see resolve_files
  bool reloads = false;  // takes effect on SIGHUP; else it takes a restart

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
// The same for the text of an environment variable, where lists have commas.
std::optional<std::string> assign_text(const Setting& setting, std::string_view text, Config& config);

// Names of files in a file are relative to that file: puts `folder` before those of `setting` that are
// relative.
void resolve_files(const Setting& setting, std::string_view folder, Config& config);

// The value as TOML writes it; secrets, if set, as "***".
std::string value_text(const Setting& setting, Config config);
// All of a Config as TOML, without its secrets.
std::string describe(const Config& config);

}  // namespace rollcall::app
