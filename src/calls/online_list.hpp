// A cache of the list of online users as JSON, for requests that want the whole list. It is rewritten when
// the list has changed, and patched in place when only activity times have changed since the last request.
//
// `page` may be called by several threads at once while the core does not change. The text it returns holds
// the first `limit` users; it may be kept and read without a lock.
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

  // Counts its readers itself: before the text is overwritten, their reads must have happened, and
  // shared_ptr::use_count() does not synchronize with them.
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
