// A feed of its own, and who is online, for the tests of those who read them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "feed/source.hpp"

namespace rollcall::feed::test {

inline constexpr std::uint64_t kEpoch = 0xabc;
inline const WallTime kWall = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z

class TestSource final : public GuardedSource<TestSource> {
 public:
  explicit TestSource(std::size_t limit = 1000) : ring(kEpoch, limit) {}

  void come(const std::string& user) {
    ring.add({user, true, kWall, user + "@example.com", "member", {}});
    online[++sessions] = {user, user + "@example.com", "member", kWall, kWall};
  }
  void go(const std::string& user) {
    ring.add({user, false, kWall + seconds(2), std::nullopt, std::nullopt, kWall + seconds(1)});
    std::erase_if(online, [&](const auto& session) { return session.second.user_id == user; });
  }
  bool has(const std::string& user) const {
    for (const auto& [session, its] : online) {
      if (its.user_id == user) return true;
    }
    return false;
  }

  template <typename Use>
  auto with_ring(Use&& use) {
    return use(std::as_const(ring));
  }
  Available read(std::uint64_t number, std::size_t most, ChangeList& out) override {
    if (before_read) std::exchange(before_read, nullptr)();
    return GuardedSource::read(number, most, out);
  }
  std::string cursor(std::uint64_t number) const override { return ring.cursor(number); }
  presence::OnlinePage page(std::size_t most, const std::optional<std::string>& after) override {
    if (before_page) before_page();
    presence::OnlinePage page;
    page.count = online.size();
    auto session = online.upper_bound(after ? std::stoull(*after) : 0);
    for (; session != online.end() && page.users.size() < most; ++session)
      page.users.push_back(session->second);
    if (session != online.end()) page.next_cursor = std::to_string(std::prev(session)->first);
    return page;
  }
  std::size_t online_count() override { return online.size(); }
  milliseconds settling() const override { return settling_left; }

  Ring ring;
  std::map<std::uint64_t, presence::OnlineUser> online;  // by session
  std::uint64_t sessions = 0;
  milliseconds settling_left{0};
  std::function<void()> before_read;  // what happens elsewhere in that moment, once
  std::function<void()> before_page;  // whenever
};

}  // namespace rollcall::feed::test
