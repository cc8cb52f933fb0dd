// What the tests of presence::Core tell their stories with: a core, its time, and its news.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "presence/core.hpp"

namespace rollcall::presence {

inline constexpr milliseconds kGrace{2000};

class Presence : public testing::Test {
 protected:
  void pass(milliseconds time) {
    now_ += time;
    wall_ += time;
  }
  void tick() { core_.tick(now_, wall_, changes_); }
  void connect(ConnectionId id, std::string user, Details details = {}) {
    core_.apply(Connect{id, std::move(user), std::move(details)}, now_, wall_, changes_);
  }
  void lose(ConnectionId id) { core_.apply(Disconnect{id, Ending::transport_close}, now_, wall_, changes_); }
  void goodbye(ConnectionId id) {
    core_.apply(Disconnect{id, Ending::client_goodbye}, now_, wall_, changes_);
  }
  void activity(ConnectionId id) { core_.apply(Activity{id}, now_, wall_, changes_); }

  // What became known since the last call: "+ann", "-bob".
  std::vector<std::string> news() {
    std::vector<std::string> words;
    for (const UserChanged& change : changes_) {
      words.push_back((edge_of(change) == Edge::online ? "+" : "-") + change.user_id);
    }
    changes_.clear();
    return words;
  }
  std::vector<std::string> page_ids(std::size_t limit, std::optional<std::string>& cursor) const {
    const auto page = core_.online(limit, cursor);
    std::vector<std::string> ids;
    for (const OnlineUser& user : page->users) ids.push_back(user.user_id);
    cursor = page->next_cursor;
    return ids;
  }

  Settings settings_{kGrace, 3, 4};
  Core core_{settings_};
  Instant now_{seconds{1000}};
  WallTime wall_ = wall_time(1'767'530'096'000);
  std::vector<UserChanged> changes_;
};

}  // namespace rollcall::presence
