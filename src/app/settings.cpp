#include "app/settings.hpp"

#include <algorithm>

namespace rollcall::app {

std::vector<std::string_view> sections() {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (names.empty() || names.back() != setting.section) names.push_back(setting.section);
  }
  return names;
}

std::vector<std::string_view> keys_of(std::string_view section) {
  std::vector<std::string_view> keys;
  for (const Setting& setting : settings()) {
    if (setting.section == section) keys.push_back(setting.key);
  }
  return keys;
}

const Setting* find_setting(std::string_view section, std::string_view key) {
  const auto all = settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& setting) {
    return setting.section == section && setting.key == key;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string Setting::name() const {
  return std::string(section) + "." + std::string(key);
}

std::string Setting::environment() const {
  std::string name = "ROLLCALL_" + std::string(section) + "_" + std::string(key);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return name;
}

}  // namespace rollcall::app
