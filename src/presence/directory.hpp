// The records of all known users, by id and by slot: the storage of presence::Core. It knows nothing about
// sessions and graces.
//
// Bounds: the caller bounds the online users; at most `remembered_limit` offline ones are kept, and the one
// who left first is evicted first. A slot stays valid until its user is
// forgotten. Not thread-safe.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "base/recent_count.hpp"
#include "base/shared_time.hpp"
#include "presence/contribution.hpp"
#include "presence/profile.hpp"
#include "presence/slot.hpp"
#include "rollcall/time.hpp"

namespace rollcall::presence {

struct User {
  Profile profile;
  WallTime session_at{};  // when the session began; for an offline user, when the last one ended
  base::SharedTime last_active;
  [[no_unique_address]] Contribution own;  // leaves room for what follows
  base::RecentCount changes;
  // Neighbours among the remembered, by when they left. A free slot uses `newer` for the next free one.
  Slot older = kNoSlot;
  Slot newer = kNoSlot;

  // By any node's contribution.
  bool present(Instant now) const { return own.present(now); }
};

// There may be a million of them.
static_assert(sizeof(User) <= 48);

class Directory {
 public:
  explicit Directory(std::size_t remembered_limit) : remembered_limit_(remembered_limit) {}
  Directory(const Directory&) = delete;  // the index looks into this very object
  Directory& operator=(const Directory&) = delete;

  Slot find(std::string_view id) const;  // kNoSlot if not known
  // `id` must not be known yet.
  Slot add(std::string_view id);
  User& operator[](Slot slot) { return users_[slot]; }
  const User& operator[](Slot slot) const { return users_[slot]; }

  // The user may be evicted from now on, once enough others have left later, or immediately if the
  // limit is 0. Details are dropped.
  void remember(Slot slot);
  // The user is back and must not be evicted.
  void recall(Slot slot);

 private:
  // The hash is stored next to the slot, so growing the index does not touch a million records.
  struct Key {
    std::uint32_t hash;
    Slot slot;
  };
  struct Wanted {
    std::uint32_t hash;
    std::string_view id;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const { return key.hash; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
  };
  struct Equal {
    using is_transparent = void;
    const std::deque<User>* users;
    bool operator()(const Key& a, const Key& b) const { return a.slot == b.slot; }
    bool operator()(const Wanted& a, const Key& b) const { return same(b, a); }
    bool operator()(const Key& a, const Wanted& b) const { return same(a, b); }
    bool same(const Key& key, const Wanted& wanted) const {
      return key.hash == wanted.hash && (*users)[key.slot].profile.id() == wanted.id;
    }
  };

  static std::uint32_t hash_of(std::string_view id);
  void unlink(Slot slot);
  void forget_oldest();

  std::size_t remembered_limit_;
  std::size_t remembered_ = 0;
  Slot oldest_ = kNoSlot;
  Slot newest_ = kNoSlot;
  Slot free_ = kNoSlot;
  std::deque<User> users_;
  boost::unordered_flat_set<Key, Hash, Equal> index_{0, Hash{}, Equal{&users_}};
};

}  // namespace rollcall::presence
