// [webhooks]: what must be true of them together, and what is unwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/config_checks.hpp"
#include "app/config_loader.hpp"
#include "app/settings.hpp"

namespace rollcall::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kWebhookSecret = "0123456789abcdef0123456789abcdef";

LoadInput input_of(std::string text) {
  LoadInput input;
  input.file_path = "r.toml";
  input.file_text = std::move(text);
  input.dev = true;
  return input;
}

std::vector<std::string> mistakes_of(const LoadInput& input) {
  const auto config = load_config(input);
  std::vector<std::string> lines;
  if (config) return lines;
  for (const ConfigError& error : config.error()) lines.push_back(to_text(error));
  return lines;
}

TEST(WebhookSettings, AreTakenFromTheFile) {
  const auto config = load_config(
      input_of("[webhooks]\nurls = [\"https://a/x\", \"https://a/y\"]\nsecret = \"" + kWebhookSecret +
               "\"\nca_file = \"ca.pem\"\ntimeout_ms = 200\nbatch = 7\nbatch_wait_ms = "
               "0\n[api]\nfeed_changes = 5000\n"));
  ASSERT_TRUE(config.ok());
  EXPECT_THAT(config->webhooks.urls, ElementsAre("https://a/x", "https://a/y"));
  EXPECT_EQ(config->webhooks.secret, kWebhookSecret);
  EXPECT_EQ(config->webhooks.ca_file, "ca.pem");
  EXPECT_EQ(config->webhooks.timeout, milliseconds(200));
  EXPECT_EQ(config->webhooks.batch, 7u);
  EXPECT_EQ(config->webhooks.batch_wait, milliseconds(0));
  EXPECT_EQ(config->api.feed_changes, 5000u);
}

TEST(WebhookSettings, UrlsNeedASecretThatCannotBeGuessed) {
  const std::string urls = "[webhooks]\nurls = [\"https://a/\"]\n";
  EXPECT_THAT(mistakes_of(input_of(urls)),
              ElementsAre(AllOf(StartsWith("webhooks.secret is not set"), HasSubstr("openssl rand"))));
  const auto mistakes = mistakes_of(input_of(urls + "secret = \"hush-hush\"\n"));
  EXPECT_THAT(mistakes, ElementsAre(AllOf(StartsWith("r.toml:3: webhooks.secret must be at least 32 bytes"),
                                          Not(HasSubstr("hush")))));
  EXPECT_THAT(mistakes_of(input_of(urls + "secret = \"" + kWebhookSecret.substr(1) + "\"\n")),
              testing::SizeIs(1));
  EXPECT_THAT(mistakes_of(input_of(urls + "secret = \"" + kWebhookSecret + "\"\n")), IsEmpty());
}

TEST(WebhookSettings, AWrongUrlIsNamedBesideASecretThatIsMissing) {
  EXPECT_THAT(mistakes_of(input_of("[webhooks]\nurls = [\"https://a/\", \"b.example\"]\n")),
              ElementsAre(AllOf(StartsWith("r.toml:2: webhooks.urls must be a list"), HasSubstr("b.example"),
                                Not(HasSubstr("https://a/\""))),
                          StartsWith("webhooks.secret is not set")));
}

TEST(WebhookSettings, TheFileOfCertificatesIsTried) {
  const std::string junk = testing::TempDir() + "rollcall_webhook_ca.pem";
  std::ofstream(junk) << "hush\n";
  Config config;
  config.webhooks.ca_file = "/no/ca.pem";
  EXPECT_THAT(try_named_files(config).at(0).message, HasSubstr("/no/ca.pem cannot be read"));
  config.webhooks.ca_file = junk;
  EXPECT_THAT(try_named_files(config).at(0).message, HasSubstr("is no PEM file"));
  EXPECT_EQ(try_named_files(config).at(0).setting, "webhooks.ca_file");
  std::ofstream(junk) << "-----BEGIN CERTIFICATE-----\n";
  EXPECT_THAT(try_named_files(config), IsEmpty());
}

TEST(WebhookSettings, TheSecretIsNeverShown) {
  Config config;
  config.webhooks.secret = kWebhookSecret;
  EXPECT_THAT(describe(config), AllOf(HasSubstr("secret = \"***\""), Not(HasSubstr(kWebhookSecret))));
}

TEST(WebhookSettings, WarnOfHttpToOtherHostsAndOfASecretForNothing) {
  Config config;
  config.webhooks.secret = kWebhookSecret;
  EXPECT_THAT(config_warnings(config), ElementsAre(StartsWith("webhooks.secret is set, but no")));
  config.webhooks.urls = {"http://localhost:80/x", "https://a.example/"};
  EXPECT_THAT(config_warnings(config), IsEmpty());
  config.webhooks.urls = {"http://a.example/", "http://b.example/"};
  EXPECT_THAT(config_warnings(config), ElementsAre(HasSubstr("use https")));
}

}  // namespace
}  // namespace rollcall::app
