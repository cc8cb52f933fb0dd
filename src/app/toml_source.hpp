// The configuration file as a flat list of keys and values with line numbers. The loader interprets them.
//
// Called by the configuration loader; implemented with toml++. Pure; thread-safe. The text comes from an
// operator; the loader bounds it.
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
  std::optional<Value> value;  // absent if no setting has this type
  std::string type;            // such as "a date", if there is no value
};

struct FileContents {
  std::vector<FileEntry> entries;  // by line
  std::vector<std::pair<std::string, unsigned>> sections;
  std::vector<ConfigError> errors;  // `file` is still empty
  // What lines that are not TOML, and were skipped, would have set.
  std::vector<std::pair<std::string, std::string>> unreadable;  // section and key
  bool parsed = true;                                           // false: we do not know what the file sets
};

// A line KEY = VALUE that is not TOML does not hide the others; at most kMaxUnreadableLines of them.
inline constexpr unsigned kMaxUnreadableLines = 50;
FileContents parse_toml(std::string_view given);

}  // namespace rollcall::app
