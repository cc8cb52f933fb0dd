// The configuration file as a flat list of what it sets, with lines. What the names mean is the loader's.
//
// Called by the configuration loader; toml++ is behind it. Pure; thread-safe. The text is an operator's,
// bounded by the loader.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_loader.hpp"
#include "app/settings.hpp"

namespace rollcall::app {

struct FileEntry {
  std::string section;
  std::string key;
  unsigned line = 0;
  std::optional<Value> value;  // none if no setting has values of this type
  std::string type;            // "a date": what it is, where there is no value
};

struct FileContents {
  std::vector<FileEntry> entries;  // by line
  std::vector<std::pair<std::string, unsigned>> sections;
  std::vector<ConfigError> errors;  // their `file` is not yet filled in
  // Lines that are not TOML, and were left out to read the rest: what they would have set.
  std::vector<std::pair<std::string, std::string>> unreadable;  // section and key
  bool parsed = true;                                           // false: what the file sets is not known
};

// A line KEY = VALUE that is not TOML hides none of the others, for at most kMaxUnreadableLines.
inline constexpr unsigned kMaxUnreadableLines = 50;
FileContents parse_toml(std::string_view given);

}  // namespace rollcall::app
