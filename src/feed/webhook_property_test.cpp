// What holds for every webhook: whatever its receiver answers and however slow it is, what it has been told
// in the end is the truth, in order.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "base/json.hpp"
#include "feed/test_source.hpp"
#include "feed/webhook.hpp"

namespace rollcall::feed {
namespace {

using test::TestSource;
using Kind = Outcome::Kind;

// Who is online, as someone knows it who hears of each change, or takes a snapshot.
using Online = std::set<std::string>;

struct Receiver {
  Online online;
  std::set<std::string> ids;  // of deliveries that it has accepted
  std::uint64_t number = 0;   // of the last change heard

  // What comes a second time is known by its id.
  void hear(const Delivery& delivery, const Online& truth) {
    if (!ids.insert(delivery.id).second) return;
    const auto body = base::json::parse(delivery.body);
    RC_ASSERT(body.ok());
    for (const auto& event : body->at("events").as_array()) {
      const std::string type(event.at("type").as_string());
      const std::string cursor(event.at("cursor").as_string());
      const std::uint64_t its = std::stoull(cursor.substr(cursor.find('-') + 1));
      if (type == "feed.reset") {
        online = truth;
        RC_ASSERT(its >= number);
      } else {
        RC_ASSERT(its == number + 1);
        const std::string user(event.at("userId").as_string());
        type == "user.online" ? void(online.insert(user)) : void(online.erase(user));
      }
      number = its;
    }
  }
};

struct WebhookWorld {
  TestSource source{20};
  Webhook hook{"hook", {4, milliseconds(50)}};
  Receiver receiver;
  Online truth;
  Instant now{};
  const Delivery* under_way = nullptr;

  void change(unsigned user) {
    const std::string name = "u" + std::to_string(user);
    if (truth.erase(name) > 0) return source.go(name);
    truth.insert(name);
    source.come(name);
  }
  void ask() {
    if (!under_way) under_way = hook.next(source, now, test::kWall);
  }
  // `heard`, but failed: the answer was lost.
  void answer(Kind kind, bool heard = false) {
    if (!under_way) return;
    if (heard || kind == Kind::accepted) receiver.hear(*under_way, truth);
    under_way = nullptr;
    hook.done({kind}, now, 0.5);
  }
};

TEST(WebhookProperty, WhatTheReceiverKnowsInTheEndIsTheTruth) {
  EXPECT_TRUE(rc::check([] {
    WebhookWorld world;
    const auto steps = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 100u));
    for (const unsigned step : steps) {
      if (step < 60) {
        world.change(step % 5);
      } else if (step < 70) {
        for (unsigned i = 0; i < 25; ++i) world.change(i % 7);
      } else if (step < 80) {
        world.now += milliseconds(step % 2 ? 25 : 5000);
      } else if (step < 90) {
        world.ask();
      } else {
        world.answer(step < 95 ? Kind::accepted : Kind::failed, step > 97);
      }
    }
    for (int i = 0; i < 100; ++i) {
      world.ask();
      world.answer(Kind::accepted);
      if (const auto deadline = world.hook.deadline()) world.now = std::max(world.now, *deadline);
    }
    RC_ASSERT(world.hook.waits_for_news());
    RC_ASSERT(world.receiver.online == world.truth);
    RC_ASSERT(world.receiver.number == world.source.ring.last());
  }));
}

TEST(WebhookProperty, ItAlwaysWaitsForSomething) {
  EXPECT_TRUE(rc::check([] {
    WebhookWorld world;
    const auto steps = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 100u));
    for (const unsigned step : steps) {
      if (step < 50) world.change(step % 5);
      if (step % 3 == 0) world.ask();
      if (step % 5 == 0) world.answer(step % 2 ? Kind::failed : Kind::accepted);
      if (step % 7 == 0) world.now += milliseconds(step * 10);
      if (world.under_way) continue;
      world.ask();  // as its driver does whenever something has happened
      const int waits =
          (world.under_way ? 1 : 0) + (world.hook.deadline() ? 1 : 0) + (world.hook.waits_for_news() ? 1 : 0);
      RC_ASSERT(waits == 1);
    }
  }));
}

}  // namespace
}  // namespace rollcall::feed
