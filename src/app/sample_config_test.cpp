// config/rollcall.toml is documentation that must not lie.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "app/config_loader.hpp"
#include "app/settings.hpp"
#include "embed/file.hpp"

namespace rollcall::app {
namespace {

std::string sample() {
  const auto text = embed::read_file(ROLLCALL_SAMPLE_CONFIG, kMaxConfigBytes);
  EXPECT_TRUE(text.ok());
  return text ? *text : "";
}

// As an operator would: the # is removed in front of everything that is not an explanation.
std::string uncommented(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const bool setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    result += (setting ? line.substr(1) : line) + "\n";
  }
  return result;
}

Result<Config, std::vector<ConfigError>> load(std::string text) {
  LoadInput input;
  input.file_path = "rollcall.toml";
  input.file_text = std::move(text);
  input.dev = true;
  return load_config(input);
}

TEST(SampleConfig, ChangesNothingAsItIs) {
  const auto config = load(sample());
  ASSERT_TRUE(config.ok()) << to_text(config.error());
  EXPECT_EQ(describe(*config), describe(Config()));
}

TEST(SampleConfig, ShowsTheDefaults) {
  const auto config = load(uncommented(sample()));
  ASSERT_TRUE(config.ok()) << to_text(config.error());
  EXPECT_EQ(describe(*config), describe(Config()));
}

TEST(SampleConfig, HasEverySettingOnceBelowItsSection) {
  std::istringstream lines(uncommented(sample()));
  std::map<std::string, int> seen;
  std::string section;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
    const std::size_t equals = line.find(" = ");
    if (equals != std::string::npos && !line.starts_with('#')) ++seen[section + "." + line.substr(0, equals)];
  }
  for (const Setting& setting : settings()) EXPECT_EQ(seen[setting.name()], 1) << setting.name();
  EXPECT_EQ(seen.size(), settings().size());
}

TEST(SampleConfig, ExplainsTheBoundsOfEveryDurationAndCount) {
  const std::string text = sample();
  for (const Setting& setting : settings()) {
    if (setting.range.most == 0 || setting.range.most >= 1 << 20) continue;
    EXPECT_THAT(text, testing::HasSubstr(std::to_string(setting.range.most))) << setting.name();
  }
}

}  // namespace
}  // namespace rollcall::app
