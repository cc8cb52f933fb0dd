// The list of who is online as JSON, for those who ask for all of it: written once a change, and brought up
// to date in place when only times of activity have changed since it was asked for last.
//
// `page` may be called by several threads at once, as long as the core stays as it is. The text it gives may
// be kept and read without a lock. It holds the first `limit` users of the list.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "presence/core.hpp"

namespace rollcall::calls {

struct OnlineListPage {
  std::shared_ptr<const std::string> users;  // a JSON array
  std::size_t listed = 0;                    // users in it
  std::size_t count = 0;                     // of all who are online
  std::optional<std::string> next_cursor;
};

class OnlineList {
 public:
  explicit OnlineList(std::size_t limit) : limit_(limit) {}

  OnlineListPage page(const presence::Core& core);

 private:
  struct Entry {
    presence::Slot slot;
    std::uint32_t end;  // in text_, behind the user
    WallTime last_active;
  };

  // With a count of its readers of its own: to see that nobody has it any more has to mean that their reading
  // is over, which a shared_ptr's count does not say.
  struct Text {
    std::string json;
    std::atomic<std::uint32_t> readers{0};
  };

  std::shared_ptr<const std::string> lend() const;
  void write(const presence::Core& core);
  void bring_up_to_date(const presence::Core& core);

  std::size_t limit_;
  std::mutex mutex_;
  std::optional<std::uint64_t> version_;  // of the core's list that is written
  std::shared_ptr<Text> text_;
  std::vector<Entry> entries_;
  std::optional<std::string> next_cursor_;
};

}  // namespace rollcall::calls
