// Changes of presence, stored contiguously in two memory blocks: the building block of Ring, and what its
// readers copy out in order to serialize without the hub's lock. A list that is reused does not allocate
// until it grows beyond its previous size.
//
// Bounds: the caller's; a change takes 32 bytes and its texts (an id of at most kMaxUserIdBytes, details of
// at most kMaxDetailBytes: longer ones are left out, as in Profile). Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "presence/types.hpp"
#include "rollcall/time.hpp"

namespace rollcall::feed {

// A user's session began or ended. Its views point into the owner's memory.
struct Change {
  std::string_view user_id;
  bool online = false;
  WallTime at{};                          // of the session's beginning: its connectedAt
  std::optional<std::string_view> email;  // these two: only of who is online now
  std::optional<std::string_view> role;
  WallTime last_active{};  // only of who is offline now

  bool operator==(const Change&) const = default;
};

class ChangeList {
 public:
  void add(const Change& change);
  // Valid until the list changes.
  Change operator[](std::size_t index) const;

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  std::size_t text_bytes() const { return texts_.size(); }
  // Keeps the memory, if the texts take no more than that of it.
  void clear(std::size_t most_kept_bytes = SIZE_MAX);

 private:
  struct Entry {
    WallTime at;
    WallTime last_active;
    std::uint32_t begin;  // in texts_: id, email, role
    std::uint16_t id_bytes;
    std::uint16_t email_bytes;
    std::uint16_t role_bytes;
    bool online;
  };

  std::vector<Entry> entries_;
  std::string texts_;
};

}  // namespace rollcall::feed
