// What holds for every reader: whatever happens while it reads, however slow it is and whenever it loses its
// connection, what it knows whenever it has heard everything is the truth.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "base/json.hpp"
#include "feed/reader.hpp"
#include "feed/test_events.hpp"
#include "feed/test_source.hpp"

namespace rollcall::feed {
namespace {

using test::Event;
using test::TestSource;

// A mirror as docs/feed-and-webhooks.md shows one.
struct Mirror {
  std::set<std::string> online, coming;
  std::string cursor;
  bool live = false;
  std::uint64_t number = 0;

  void connect() { live = false; }
  void hear(const Event& event) {
    const auto data = base::json::parse(event.data);
    if (event.name == "reset") {
      RC_ASSERT(event.id.empty());
      coming.clear();
      live = false;
      number = 0;
    } else if (event.name == "snapshot") {
      RC_ASSERT(!live && event.id.empty());
      for (const auto& user : data->at("users").as_array()) {
        coming.insert(std::string(user.at("userId").as_string()));
      }
    } else if (event.name == "live") {
      RC_ASSERT(!live);
      live = true;
      if (!data->as_object().contains("resumed")) online.swap(coming);
      take(event);
    } else if (event.name.starts_with("user-")) {
      RC_ASSERT(live);
      RC_ASSERT(number_of(event) == number + 1);
      take(event);
      const std::string user(data->at("userId").as_string());
      RC_ASSERT(data->at("online").as_bool() == (event.name == "user-online"));
      data->at("online").as_bool() ? void(online.insert(user)) : void(online.erase(user));
    }
  }

 private:
  static std::uint64_t number_of(const Event& event) {
    return std::stoull(event.id.substr(event.id.find('-') + 1));
  }
  void take(const Event& event) {
    cursor = event.id;
    number = number_of(event);
  }
};

struct World {
  TestSource source{*rc::gen::inRange<std::size_t>(5, 400)};
  Mirror mirror;
  std::optional<Reader> reader;
  std::string under_way;  // sent, and not taken yet
  Instant now{};
  bool churning = false;

  World() {
    source.before_page = [this] {
      for (unsigned user = 0; churning && user < 9; ++user) change(user * 31);
    };
  }
  void change(unsigned user) {
    const std::string name = "u" + std::to_string(user);
    source.has(name) ? source.go(name) : source.come(name);
  }
  void ask() {
    if (!reader) {
      reader.emplace(mirror.cursor, now);
      mirror.connect();
    }
    const std::string bytes = reader->next(source, under_way.size(), now, test::kWall);
    RC_ASSERT(bytes.empty() || under_way.empty());
    RC_ASSERT(bytes.size() < Reader::kPortion + 500);
    under_way += bytes;
  }
  void take(std::size_t bytes) {
    arrived += under_way.substr(0, bytes);
    under_way.erase(0, bytes);
    for (const Event& event : test::take_events(arrived)) mirror.hear(event);
  }
  void lose() {
    reader.reset();
    under_way.clear();
    arrived.clear();
  }
  // Until there is nothing more to be heard.
  void hear_all() {
    do {
      ask();
      take(SIZE_MAX);
    } while (reader->waits_for_room());
  }
  std::set<std::string> truth() const {
    std::set<std::string> users;
    for (const auto& [session, user] : source.online) users.insert(user.user_id);
    return users;
  }

  std::string arrived;
};

TEST(FeedReaderProperty, WhoeverHasHeardEverythingKnowsTheTruth) {
  EXPECT_TRUE(rc::check([] {
    World world;
    const auto crowd = *rc::gen::inRange(0u, 300u);
    for (unsigned user = 0; user < crowd; ++user) world.change(user);
    const auto steps = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 1000u));
    for (const unsigned step : steps) {
      world.churning = step % 4 == 0;
      if (step < 400) {
        world.change(step);
      } else if (step < 500) {
        for (unsigned i = 0; i < step - 300; ++i) world.change(i * step % 307);
      } else if (step < 700) {
        world.ask();
      } else if (step < 850) {
        world.take(step * step % 9001);
      } else if (step < 950) {
        world.take(SIZE_MAX);
      } else if (step < 990) {
        world.lose();
      } else {
        world.churning = false;
        world.hear_all();
        RC_ASSERT(world.mirror.live && world.mirror.online == world.truth());
      }
    }
    world.churning = false;
    world.hear_all();
    RC_ASSERT(world.mirror.live && world.mirror.online == world.truth());
    RC_ASSERT(world.mirror.cursor == world.source.cursor(world.source.ring.last()));
  }));
}

}  // namespace
}  // namespace rollcall::feed
