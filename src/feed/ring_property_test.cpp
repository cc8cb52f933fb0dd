// What holds for every feed: random changes, read by random readers, compared with a list that forgets
// nothing.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "feed/ring.hpp"

namespace rollcall::feed {
namespace {

struct Known {
  std::string user_id;
  bool online;
  WallTime at;
  std::optional<std::string> email, role;
  WallTime last_active;

  Change change() const { return {user_id, online, at, email, role, last_active}; }
};

rc::Gen<std::string> a_text() {
  return rc::gen::oneOf(rc::gen::arbitrary<std::string>(),
                        rc::gen::map(rc::gen::inRange<std::size_t>(0, 1025),
                                     [](std::size_t bytes) { return std::string(bytes, 'x'); }));
}

rc::Gen<std::optional<std::string>> a_detail() {
  return rc::gen::map(rc::gen::maybe(a_text()),
                      [](rc::Maybe<std::string> text) -> std::optional<std::string> {
                        return text ? std::optional(*text) : std::nullopt;
                      });
}

rc::Gen<Known> a_change() {
  return rc::gen::exec([] {
    return Known{(*a_text()).substr(0, presence::kMaxUserIdBytes),
                 *rc::gen::arbitrary<bool>(),
                 wall_time(*rc::gen::arbitrary<std::int64_t>()),
                 *a_detail(),
                 *a_detail(),
                 wall_time(*rc::gen::arbitrary<std::int64_t>())};
  });
}

TEST(FeedProperty, WhatIsReadIsWhatWasAdded) {
  EXPECT_TRUE(rc::check([] {
    const auto limit = *rc::gen::inRange<std::size_t>(1, 600);
    Ring feed(*rc::gen::arbitrary<std::uint64_t>(), limit);
    std::vector<Known> all;
    const auto some = *rc::gen::container<std::vector<Known>>(a_change());
    const auto rounds = some.empty() ? 0 : *rc::gen::inRange<std::size_t>(0, 2000);
    for (std::size_t i = 0; i < rounds; ++i) {
      all.push_back(some[i * 7 % some.size()]);
      feed.add(all.back().change());
    }
    RC_ASSERT(feed.last() == all.size());
    const auto after = *rc::gen::inRange<std::uint64_t>(0, all.size() + 1);
    const auto most = *rc::gen::inRange<std::size_t>(0, 700);
    ChangeList list;
    const bool whole = feed.read(after, most, list);
    RC_ASSERT(whole == feed.remembers_after(after));
    RC_ASSERT(whole || after < all.size());
    RC_ASSERT(list.size() == (whole ? std::min<std::size_t>(most, all.size() - after) : 0));
    for (std::size_t i = 0; i < list.size(); ++i) RC_ASSERT(list[i] == all[after + i].change());
  }));
}

TEST(FeedProperty, AReaderThatIsNeverTooLateGetsEachChangeOnce) {
  EXPECT_TRUE(rc::check([] {
    constexpr std::size_t kLimit = 300;
    Ring feed(1, kLimit);
    std::vector<std::string> read;
    std::uint64_t reader = 0;
    std::uint64_t added = 0;
    ChangeList list;
    const auto bursts = *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 301u));
    for (const unsigned burst : bursts) {
      for (unsigned i = 0; i < burst; ++i) feed.add({std::to_string(++added), true, {}, {}, {}, {}});
      while (reader < feed.last()) {
        list.clear();
        RC_ASSERT(feed.read(reader, 100, list));
        RC_ASSERT(!list.empty());
        for (std::size_t i = 0; i < list.size(); ++i) read.emplace_back(list[i].user_id);
        reader += list.size();
      }
    }
    RC_ASSERT(read.size() == added);
    for (std::size_t i = 0; i < read.size(); ++i) RC_ASSERT(read[i] == std::to_string(i + 1));
  }));
}

TEST(FeedProperty, ACursorIsFoundAsLongAsItsChangesAreRemembered) {
  EXPECT_TRUE(rc::check([](std::uint64_t epoch) {
    Ring feed(epoch, 100);
    const auto count = *rc::gen::inRange<std::uint64_t>(0, 1000);
    for (std::uint64_t i = 0; i < count; ++i) feed.add({"u", true, {}, {}, {}, {}});
    const auto number = *rc::gen::inRange<std::uint64_t>(0, count + 1);
    const auto found = feed.find(feed.cursor(number));
    RC_ASSERT(found.ok() == (count - number <= 100));
    if (found) {
      RC_ASSERT(*found == number);
    } else {
      RC_ASSERT(found.error() == FeedGap::fell_behind);
    }
  }));
}

TEST(FeedProperty, NoTextIsTakenForACursorThatItIsNot) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    Ring feed(7, 100);
    for (int i = 0; i < 20; ++i) feed.add({"u", true, {}, {}, {}, {}});
    const std::string near = feed.cursor(*rc::gen::inRange(0u, 21u));
    const auto at = *rc::gen::inRange<std::size_t>(0, near.size() + 1);
    for (const std::string& tried : {text, near.substr(0, at) + text + near.substr(at), near.substr(0, at)}) {
      const auto found = feed.find(tried);
      if (found) RC_ASSERT(feed.cursor(*found) == tried);
    }
  }));
}

}  // namespace
}  // namespace rollcall::feed
