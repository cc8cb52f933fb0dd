#include "socketio/rooms.hpp"

#include <algorithm>

namespace rollcall::socketio {

const Rooms::Room* Rooms::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &by_id_[*found];
}

Rooms::RoomId Rooms::add_room(std::string_view name) {
  if (free_ids_.empty()) {
    free_ids_.push_back(static_cast<RoomId>(by_id_.size()));
    by_id_.emplace_back();
  }
  const RoomId id = free_ids_.back();
  free_ids_.pop_back();
  by_id_[id].name = base::CompactText(name);
  by_name_.insert(id);
  return id;
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

bool Rooms::join(Slot slot, std::string_view room) {
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
  remove_from_room(gone);
}

void Rooms::remove_from_room(Membership gone) {
  auto& members = by_id_[gone.room].members;
  const Member last = members.back();
  members[gone.place] = last;
  members.pop_back();
  const bool moved = gone.place < members.size();
  if (moved) by_slot_[last.slot][last.place].place = gone.place;
  if (!members.empty()) return;
  by_name_.erase(gone.room);
  by_id_[gone.room] = Room();
  free_ids_.push_back(gone.room);
}

bool Rooms::leave(Slot slot, std::string_view room) {
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
  for (const Membership& gone : all) remove_from_room(gone);
}

std::vector<std::string> Rooms::rooms_of(Slot slot) const {
  std::vector<std::string> names;
  if (slot >= by_slot_.size()) return names;
  for (const Membership& membership : by_slot_[slot]) names.emplace_back(by_id_[membership.room].name);
  return names;
}

std::size_t Rooms::size(std::string_view room) const {
  const Room* found = find(room);
  return found ? found->members.size() : 0;
}

void Rooms::members(std::span<const std::string> rooms, std::vector<Slot>& out) const {
  out.clear();
  for (const std::string& name : rooms) {
    const Room* room = find(name);
    if (!room) continue;
    for (const Member& member : room->members) out.push_back(member.slot);
  }
  if (rooms.size() <= 1) return;
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

}  // namespace rollcall::socketio
