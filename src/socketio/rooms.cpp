#include "socketio/rooms.hpp"

#include <algorithm>

#include "base/shrink.hpp"

namespace rollcall::socketio {
namespace {
// With what the allocator and the index add.
constexpr std::size_t kMembershipBytes = 16;
constexpr std::size_t kRoomBytes = 56;
constexpr std::size_t kMostPlacesARoom = 4;
}  // namespace

const Rooms::Place* Rooms::find(Room room) const {
  const auto found = by_name_.find(room);
  return found == by_name_.end() ? nullptr : &by_id_[*found];
}

Rooms::RoomId Rooms::add_room(Room room) {
  RoomId id = take_free_id();
  if (id == by_id_.size()) by_id_.emplace_back();
  by_id_[id].key = base::CompactText(static_cast<char>(room.kind), room.name);
  by_name_.insert(id);
  return id;
}

// The next one of all if none is free: then the list has no ids left that by_id_ may have again.
Rooms::RoomId Rooms::take_free_id() {
  while (!free_ids_.empty()) {
    const RoomId id = free_ids_.back();
    free_ids_.pop_back();
    if (id < by_id_.size()) return id;
  }
  return static_cast<RoomId>(by_id_.size());
}

const Rooms::Membership* Rooms::find_membership(Slot slot, RoomId room) const {
  if (slot >= by_slot_.size()) return nullptr;
  const Memberships& of_slot = by_slot_[slot];
  const auto& members = by_id_[room].members;
  if (members.size() < of_slot.size()) {
    for (const Member& member : members) {
      if (member.slot == slot) return &of_slot[member.place];
    }
    return nullptr;
  }
  for (const Membership& membership : of_slot) {
    if (membership.room == room) return &membership;
  }
  return nullptr;
}

bool Rooms::join(Slot slot, Room room) {
  const auto found = by_name_.find(room);
  if (found != by_name_.end() && find_membership(slot, *found)) return false;
  const RoomId id = found != by_name_.end() ? *found : add_room(room);
  if (slot >= by_slot_.size()) by_slot_.resize(slot + std::size_t{1});
  auto& members = by_id_[id].members;
  Memberships& of_slot = by_slot_[slot];
  of_slot.push_back({id, static_cast<std::uint32_t>(members.size())});
  members.push_back({slot, static_cast<std::uint32_t>(of_slot.size() - 1)});
  return true;
}

// In both lists the last one takes the place of the one that goes.
void Rooms::remove(Slot slot, std::uint32_t place) {
  Memberships& of_slot = by_slot_[slot];
  const Membership gone = of_slot[place];
  of_slot[place] = of_slot.back();
  by_id_[of_slot[place].room].members[of_slot[place].place].place = place;
  of_slot.pop_back();
  if (of_slot.empty()) Memberships().swap(of_slot);
  if (remove_from_room(gone)) close_up(1);
}

bool Rooms::remove_from_room(Membership gone) {
  auto& members = by_id_[gone.room].members;
  const Member last = members.back();
  members[gone.place] = last;
  members.pop_back();
  const bool moved = gone.place < members.size();
  if (moved) by_slot_[last.slot][last.place].place = gone.place;
  if (!members.empty()) return false;
  by_name_.erase(gone.room);
  by_id_[gone.room] = Place();
  free_ids_.push_back(gone.room);
  return true;
}

// A few places per removed room, so that no single call pays for all of them.
void Rooms::close_up(std::size_t rooms_gone) {
  base::shrink_table(by_name_);
  for (std::size_t steps = kMostPlacesARoom * rooms_gone; steps > 0; --steps) {
    if (by_id_.size() <= kMostPlacesARoom * by_name_.size()) break;
    drop_last_place();
  }
  if (free_ids_.size() > 2 * by_id_.size() + base::kNotWorthShrinking) {
    std::erase_if(free_ids_, [&](RoomId id) { return id >= by_id_.size(); });
    base::shrink_vector(free_ids_);
  }
}

void Rooms::drop_last_place() {
  const auto last = static_cast<RoomId>(by_id_.size() - 1);
  if (!by_id_.back().key.empty()) {
    const RoomId id = take_free_id();
    by_name_.erase(last);
    by_id_[id] = std::move(by_id_.back());
    for (const Member& member : by_id_[id].members) by_slot_[member.slot][member.place].room = id;
    by_name_.insert(id);
  }
  by_id_.pop_back();
}

bool Rooms::leave(Slot slot, Room room) {
  const auto found = by_name_.find(room);
  if (found == by_name_.end()) return false;
  const Membership* membership = find_membership(slot, *found);
  if (!membership) return false;
  remove(slot, static_cast<std::uint32_t>(membership - by_slot_[slot].begin()));
  return true;
}

void Rooms::leave_all(Slot slot) {
  if (slot >= by_slot_.size()) return;
  Memberships all;
  all.swap(by_slot_[slot]);
  std::size_t rooms_gone = 0;
  for (const Membership& gone : all) rooms_gone += remove_from_room(gone) ? 1 : 0;
  close_up(rooms_gone);
}

void Rooms::move(Slot from, Slot to) {
  if (from >= by_slot_.size() || by_slot_[from].empty()) return;
  if (to >= by_slot_.size()) by_slot_.resize(to + std::size_t{1});
  if (!by_slot_[to].empty()) {
    for (const RoomKey& room : rooms_of(from)) join(to, room);
    leave_all(from);
    return;
  }
  by_slot_[to].swap(by_slot_[from]);
  for (const Membership& membership : by_slot_[to]) {
    by_id_[membership.room].members[membership.place].slot = to;
  }
}

bool Rooms::contains(Slot slot, Room room) const {
  const auto found = by_name_.find(room);
  return found != by_name_.end() && find_membership(slot, *found) != nullptr;
}

std::size_t Rooms::bytes_of(Slot slot) const {
  std::size_t bytes = 0;
  if (slot >= by_slot_.size()) return bytes;
  for (const Membership& membership : by_slot_[slot]) {
    const Place& room = by_id_[membership.room];
    bytes += kMembershipBytes;
    if (room.members.size() == 1) bytes += kRoomBytes + room.key.view().size();
  }
  return bytes;
}

std::vector<RoomKey> Rooms::rooms_of(Slot slot) const {
  std::vector<RoomKey> rooms;
  if (slot >= by_slot_.size()) return rooms;
  rooms.reserve(by_slot_[slot].size());
  for (const Membership& membership : by_slot_[slot]) rooms.emplace_back(by_id_[membership.room].room());
  return rooms;
}

std::size_t Rooms::size(Room room) const {
  const Place* found = find(room);
  return found ? found->members.size() : 0;
}

void Rooms::members(std::span<const RoomKey> rooms, std::vector<Slot>& out) const {
  out.clear();
  std::size_t found = 0;
  for (const RoomKey& key : rooms) {
    const Place* room = find(key);
    if (!room) continue;
    ++found;
    for (const Member& member : room->members) out.push_back(member.slot);
  }
  if (found <= 1) return;
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

}  // namespace rollcall::socketio
