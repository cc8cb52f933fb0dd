// A feed of its own for the tests of those who read it.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "feed/source.hpp"
#include "presence/feed.hpp"

namespace rollcall::feed::test {

inline constexpr std::uint64_t kEpoch = 0xabc;
inline const WallTime kWall = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z

class TestSource final : public Source {
 public:
  explicit TestSource(std::size_t limit = 1000) : feed(kEpoch, limit) {}

  void come(const std::string& user) { feed.add({user, true, kWall, user + "@example.com", "member", {}}); }
  void go(const std::string& user) {
    feed.add({user, false, kWall + seconds(2), std::nullopt, std::nullopt, kWall + seconds(1)});
  }

  News after(std::uint64_t number) override { return {feed.last(), feed.remembers_after(number)}; }
  News read(std::uint64_t number, std::size_t most, presence::ChangeList& out) override {
    if (before_read) std::exchange(before_read, nullptr)();
    feed.read(number, most, out);
    return after(number);
  }
  std::string cursor(std::uint64_t number) const override { return feed.cursor(number); }

  presence::Feed feed;
  std::function<void()> before_read;  // what happens elsewhere in that moment
};

}  // namespace rollcall::feed::test
