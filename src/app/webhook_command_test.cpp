#include "app/webhook_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "adapters/signature.hpp"
#include "adapters/test_receiver.hpp"

namespace rollcall::app {
namespace {

using adapters::test::answer;
using adapters::test::Received;
using adapters::test::Receiver;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kSecret = "0123456789abcdef0123456789abcdef";

WebhookSettings settings_for(std::vector<std::string> urls) {
  WebhookSettings settings;
  settings.urls = std::move(urls);
  settings.secret = kSecret;
  return settings;
}

TEST(WebhookTest, SendsOneSignedEventToEachReceiverAndSaysWhatCameOfIt) {
  Receiver good;
  Receiver bad([](std::size_t, const Received&) { return answer(401); });
  std::ostringstream out;
  EXPECT_EQ(test_webhooks(settings_for({good.url(), bad.url()}), out), kExitFailure);
  EXPECT_THAT(out.str(), AllOf(StartsWith(good.url() + ": ok: answered 204 after "),
                               HasSubstr("\n" + bad.url() + ": failed: answered 401 after "),
                               HasSubstr("webhooks.secret")));
  const auto requests = good.await(1);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_THAT(requests[0].body, StartsWith(R"({"events":[{"type":"webhook.test","timestamp":")"));
  const std::string signed_by = requests[0].field("Rollcall-Signature");
  EXPECT_EQ(signed_by, adapters::signature(kSecret, std::stoll(signed_by.substr(2)), requests[0].body));
  EXPECT_THAT(requests[0].field("Rollcall-Delivery"), StartsWith("test-"));
}

TEST(WebhookTest, SucceedsIfAllDo) {
  Receiver good;
  std::ostringstream out;
  EXPECT_EQ(test_webhooks(settings_for({good.url()}), out), kExitOk);
}

TEST(WebhookTest, SaysWhyNobodyAnswered) {
  std::ostringstream out;
  EXPECT_EQ(test_webhooks(settings_for({"http://127.0.0.1:1/"}), out), kExitFailure);
  EXPECT_THAT(out.str(), AllOf(HasSubstr("failed after "), HasSubstr("onnect")));
}

TEST(WebhookTest, KnowsWhatToDoAboutAnAnswer) {
  const auto said = [](unsigned status) {
    return verdict({.slot = 0, .status = status, .reason = "", .retry_after = {}}, milliseconds(12));
  };
  EXPECT_EQ(said(200), "ok: answered 200 after 12 ms");
  EXPECT_THAT(said(302), HasSubstr("redirects are not followed"));
  EXPECT_THAT(said(404), HasSubstr("path"));
  EXPECT_THAT(said(410), HasSubstr("wants no more"));
  EXPECT_THAT(said(500), HasSubstr("receiver's log"));
}

TEST(WebhookTest, WithoutAReceiverOrASecretSaysHowToGiveThem) {
  std::ostringstream out, err;
  EXPECT_EQ(run_webhook_test({}, out, err), kExitBadConfig);
  EXPECT_THAT(err.str(), HasSubstr("--url"));
  WebhookCommand command;
  command.url = "http://127.0.0.1:1/";
  EXPECT_EQ(run_webhook_test(command, out, err), kExitBadConfig);
  EXPECT_THAT(err.str(), HasSubstr("webhooks.secret"));
  command.url = "no url";
  EXPECT_EQ(run_webhook_test(command, out, err), kExitBadConfig);
  EXPECT_THAT(err.str(), HasSubstr("--url must be"));
}

}  // namespace
}  // namespace rollcall::app
