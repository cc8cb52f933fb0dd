// The sender against receivers on loopback. What it sends when is tested with feed::Webhook; here, that it
// does.
#include "adapters/webhook_sender.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/signature.hpp"
#include "adapters/test_receiver.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/test_log.hpp"
#include "feed/test_shared_source.hpp"

namespace rollcall::adapters {
namespace {

using namespace test;
using base::test::CapturedLog;
using feed::test::SharedSource;
using feed::test::TestSource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

const std::string kSecret = "0123456789abcdef0123456789abcdef";

WebhookSettings settings_for(std::vector<std::string> urls) {
  base::log::configure(base::log::Level::error, base::log::Format::text);
  WebhookSettings settings;
  settings.urls = std::move(urls);
  settings.secret = kSecret;
  settings.batch_wait = milliseconds(5);
  return settings;
}

// Enough once there were so many changes. Each request is read once: the receivers wait for it.
auto changes_are(std::size_t wanted) {
  return [wanted, read = std::size_t{0},
          changes = std::size_t{0}](const std::vector<Received>& requests) mutable {
    for (; read < requests.size(); ++read) {
      const auto body = base::json::parse(requests[read].body);
      for (const auto& event : body->at("events").as_array())
        changes += event.at("type") == "user.online" ? 1 : 0;
    }
    return changes == wanted;
  };
}

std::vector<std::string> users_of(const std::vector<Received>& requests) {
  std::vector<std::string> users;
  for (const Received& request : requests) {
    const auto body = base::json::parse(request.body);
    for (const auto& event : body->at("events").as_array()) {
      if (const auto* user = event.as_object().if_contains("userId")) users.emplace_back(user->as_string());
    }
  }
  return users;
}

TEST(WebhookSender, PostsSignedJson) {
  Receiver receiver;
  SharedSource source(100'000);
  WebhookSender sender(settings_for({receiver.url()}), source, "rollcall/9.9");
  receiver.await(1);
  source.with([&](TestSource& feed) { feed.come("ann"); });
  sender.wake();
  const auto requests = receiver.await(2);
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_THAT(requests[0].body, HasSubstr("feed.reset"));
  EXPECT_THAT(requests[1].body, HasSubstr(R"("type":"user.online")"));
  for (const Received& request : requests) {
    EXPECT_THAT(request.head, StartsWith("POST /hook?key=hush HTTP/"));
    EXPECT_EQ(request.field("Content-Type"), "application/json");
    EXPECT_EQ(request.field("User-Agent"), "rollcall/9.9");
    const std::string signed_by = request.field("Rollcall-Signature");
    const std::int64_t time = std::stoll(signed_by.substr(2));
    EXPECT_EQ(signed_by, signature(kSecret, time, request.body));
  }
  EXPECT_NE(requests[0].field("Rollcall-Delivery"), requests[1].field("Rollcall-Delivery"));
}

TEST(WebhookSender, EachReceiverGetsAllChangesInOrderHoweverFastTheyCome) {
  constexpr std::size_t kChanges = 3000;
  Receiver one, two;
  SharedSource source(100'000);
  WebhookSender sender(settings_for({one.url(), two.url()}), source, "rollcall");
  one.await(1);
  two.await(1);
  std::vector<std::string> users;
  for (std::size_t i = 0; i < kChanges; ++i) {
    users.push_back("u" + std::to_string(i));
    source.with([&](TestSource& feed) { feed.come(users.back()); });
    sender.wake();
  }
  EXPECT_EQ(users_of(one.await(changes_are(kChanges))), users);
  EXPECT_EQ(users_of(two.await(changes_are(kChanges))), users);
}

TEST(WebhookSender, MakesARefusedRequestAgainAndCounts) {
  Receiver receiver([](std::size_t number, const Received&) {
    return number == 0 ? answer(503) : number == 1 ? answer(302, "Location: /elsewhere\r\n") : answer(200);
  });
  SharedSource source(100'000);
  WebhookSender sender(settings_for({receiver.url()}), source, "rollcall");
  const auto requests = receiver.await(3);
  ASSERT_THAT(requests, SizeIs(3));
  for (const Received& request : requests) {
    EXPECT_THAT(request.head, StartsWith("POST /hook"));
    EXPECT_EQ(request.body, requests[0].body);
    EXPECT_EQ(request.field("Rollcall-Delivery"), requests[0].field("Rollcall-Delivery"));
  }
  source.with([&](TestSource& feed) { feed.come("ann"); });
  sender.wake();
  receiver.await(4);
  const feed::WebhookCounts counts = sender.counts();
  EXPECT_EQ(counts.failed, 2u);
  EXPECT_EQ(counts.retried, 2u);
  EXPECT_GE(counts.sent, 1u);  // the last one may be counted already
}

TEST(WebhookSender, DoesNotReadAnEndlessAnswer) {
  Receiver receiver([](std::size_t number, const Received&) {
    if (number > 0) return answer(200);
    return "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + std::string(1 << 20, 'x');
  });
  SharedSource source(100'000);
  WebhookSettings settings = settings_for({receiver.url()});
  settings.timeout = milliseconds(600'000);  // longer than the test waits
  CapturedLog log;
  base::log::configure(base::log::Level::warn, base::log::Format::text);
  WebhookSender sender(settings, source, "rollcall");
  EXPECT_THAT(receiver.await(2), SizeIs(2)) << "the first one failed, so it is made again";
  EXPECT_THAT(log.await("webhook failing", 1), SizeIs(1));
}

TEST(WebhookSender, AReceiverThatHangsIsGivenUpInTimeAndKeepsNobodyWaiting) {
  Receiver hanging([](std::size_t, const Received&) { return std::string(); }), other;
  SharedSource source(100'000);
  WebhookSettings settings = settings_for({hanging.url(), other.url()});
  settings.timeout = milliseconds(200);
  WebhookSender sender(settings, source, "rollcall");
  other.await(1);
  source.with([&](TestSource& feed) { feed.come("ann"); });
  sender.wake();
  EXPECT_THAT(other.await(2), SizeIs(2));
  EXPECT_THAT(hanging.await(2), SizeIs(2));
}

TEST(WebhookSender, AReceiverThatIsGoneIsLeftAlone) {
  Receiver gone([](std::size_t, const Received&) { return answer(410); }), other;
  SharedSource source(100'000);
  WebhookSender sender(settings_for({gone.url(), other.url()}), source, "rollcall");
  gone.await(1);
  other.await(1);
  for (std::size_t i = 2; i < 5; ++i) {
    source.with([&](TestSource& feed) { feed.come("u" + std::to_string(i)); });
    sender.wake();
    other.await(i);
  }
  EXPECT_THAT(gone.await(0), SizeIs(1));
}

TEST(WebhookSender, EndsInTimeWhateverAReceiverDoes) {
  Receiver hanging([](std::size_t, const Received&) { return std::string(); });
  SharedSource source(100'000);
  const auto begin = std::chrono::steady_clock::now();
  {
    WebhookSender sender(settings_for({hanging.url()}), source, "rollcall");
    hanging.await(1);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, WebhookSender::kFarewell + seconds(5));
}

TEST(WebhookSender, EndsWhenThereIsNobodyToConnectTo) {
  std::string url;
  { url = Receiver().url(); }
  SharedSource source(100'000);
  const WebhookSettings settings = settings_for({url});
  CapturedLog log;
  base::log::configure(base::log::Level::warn, base::log::Format::text);
  std::optional<WebhookSender> sender(std::in_place, settings, source, "rollcall");
  EXPECT_THAT(log.await("webhook failing", 1), ElementsAre(HasSubstr("connect")));
  const auto begin = std::chrono::steady_clock::now();
  sender.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, WebhookSender::kFarewell + seconds(5));
}

TEST(WebhookSender, GoesOnWithOtherSettingsAndAReceiverWhoseUrlStaysMissesNothing) {
  Receiver stays, goes, comes;
  SharedSource source(100'000);
  WebhookSender sender(settings_for({stays.url(), goes.url()}), source, "rollcall/test");
  stays.await(1);
  goes.await(1);
  WebhookSettings settings = settings_for({comes.url(), stays.url()});
  settings.secret = "another secret of thirty-two bytes";
  sender.reconfigure(settings);
  comes.await(1);
  source.with([&](TestSource& feed) { feed.come("ann"); });
  sender.wake();
  const auto to_stays = stays.await(2);
  EXPECT_THAT(to_stays[0].body, HasSubstr("feed.reset"));
  EXPECT_THAT(to_stays[1].body, testing::AllOf(HasSubstr("ann"), testing::Not(HasSubstr("feed.reset"))));
  const std::string signed_by = to_stays[1].field("Rollcall-Signature");
  const std::int64_t at = std::stoll(signed_by.substr(2));
  EXPECT_EQ(signed_by, signature(settings.secret, at, to_stays[1].body));
  EXPECT_THAT(comes.await(2)[0].body, HasSubstr("feed.reset"));
  EXPECT_THAT(goes.await(0), SizeIs(1));
  EXPECT_GE(sender.counts().sent, 3u) << "those of receivers that are gone count, too";
}

}  // namespace
}  // namespace rollcall::adapters
