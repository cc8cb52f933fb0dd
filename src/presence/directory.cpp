#include "presence/directory.hpp"

#include <functional>
#include <string>

#include "base/assert.hpp"

namespace rollcall::presence {

std::uint32_t Directory::hash_of(std::string_view id) {
  const std::uint64_t hash = std::hash<std::string_view>{}(id);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

Slot Directory::find(std::string_view id) const {
  const auto found = index_.find(Wanted{hash_of(id), id});
  return found == index_.end() ? kNoSlot : found->slot;
}

Slot Directory::add(std::string_view id) {
  Slot slot = free_;
  if (slot == kNoSlot) {
    ROLLCALL_ASSERT(users_.size() < kNoSlot);
    slot = static_cast<Slot>(users_.size());
    users_.emplace_back();
  } else {
    free_ = users_[slot].newer;
    users_[slot] = User{};
  }
  users_[slot].profile = Profile(id, {});
  index_.insert(Key{hash_of(id), slot});
  return slot;
}

void Directory::remember(Slot slot) {
  User& user = users_[slot];
  user.profile = Profile(user.profile.id(), {});
  user.older = newest_;
  user.newer = kNoSlot;
  (newest_ == kNoSlot ? oldest_ : users_[newest_].newer) = slot;
  newest_ = slot;
  if (++remembered_ > remembered_limit_) forget_oldest();
}

void Directory::recall(Slot slot) {
  unlink(slot);
}

void Directory::unlink(Slot slot) {
  User& user = users_[slot];
  (user.older == kNoSlot ? oldest_ : users_[user.older].newer) = user.newer;
  (user.newer == kNoSlot ? newest_ : users_[user.newer].older) = user.older;
  user.older = user.newer = kNoSlot;
  --remembered_;
}

void Directory::forget_oldest() {
  const Slot slot = oldest_;
  unlink(slot);
  User& user = users_[slot];
  index_.erase(index_.find(Wanted{hash_of(user.profile.id()), user.profile.id()}));
  user = User{};
  user.newer = free_;
  free_ = slot;
}

}  // namespace rollcall::presence
