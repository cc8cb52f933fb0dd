#include "socketio/rooms.hpp"

#include <algorithm>

namespace rollcall::socketio {

const Rooms::Room* Rooms::find(std::string_view room) const {
  const auto found = by_name_.find(room);
  return found == by_name_.end() ? nullptr : by_id_[found->second].get();
}

Rooms::RoomId Rooms::room_id(std::string_view room) {
  if (const auto found = by_name_.find(room); found != by_name_.end()) return found->second;
  if (free_ids_.empty()) {
    free_ids_.push_back(static_cast<RoomId>(by_id_.size()));
    by_id_.emplace_back();
  }
  const RoomId id = free_ids_.back();
  free_ids_.pop_back();
  by_id_[id] = std::make_unique<Room>(Room{std::string(room), {}});
  by_name_.emplace(by_id_[id]->name, id);
  return id;
}

Rooms::Membership* Rooms::membership(Slot slot, RoomId room) {
  if (slot >= by_slot_.size()) return nullptr;
  for (Membership& candidate : by_slot_[slot]) {
    if (candidate.room == room) return &candidate;
  }
  return nullptr;
}

bool Rooms::join(Slot slot, std::string_view room) {
  const RoomId id = room_id(room);
  if (membership(slot, id)) return false;
  if (slot >= by_slot_.size()) by_slot_.resize(slot + 1);
  std::vector<Slot>& members = by_id_[id]->members;
  by_slot_[slot].push_back({id, static_cast<std::uint32_t>(members.size())});
  members.push_back(slot);
  return true;
}

// Takes the member out of the room's list; the last one gets its place.
void Rooms::remove(Slot slot, Membership gone) {
  Room& room = *by_id_[gone.room];
  const Slot last = room.members.back();
  room.members[gone.index] = last;
  room.members.pop_back();
  if (last != slot) membership(last, gone.room)->index = gone.index;
  if (!room.members.empty()) return;
  by_name_.erase(room.name);
  by_id_[gone.room].reset();
  free_ids_.push_back(gone.room);
}

bool Rooms::leave(Slot slot, std::string_view room) {
  const auto found = by_name_.find(room);
  if (found == by_name_.end()) return false;
  Membership* place = membership(slot, found->second);
  if (!place) return false;
  const Membership gone = *place;
  *place = by_slot_[slot].back();
  by_slot_[slot].pop_back();
  remove(slot, gone);
  return true;
}

void Rooms::leave_all(Slot slot) {
  if (slot >= by_slot_.size()) return;
  std::vector<Membership> all;
  all.swap(by_slot_[slot]);
  for (const Membership& gone : all) remove(slot, gone);
}

std::vector<std::string> Rooms::rooms_of(Slot slot) const {
  std::vector<std::string> names;
  if (slot >= by_slot_.size()) return names;
  for (const Membership& membership : by_slot_[slot]) names.push_back(by_id_[membership.room]->name);
  return names;
}

std::size_t Rooms::size(std::string_view room) const {
  const Room* found = find(room);
  return found ? found->members.size() : 0;
}

void Rooms::select(std::span<const std::string> rooms, std::span<const std::string> except,
                   std::vector<Slot>& out) const {
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  for (const std::string& name : rooms) {
    if (const Room* room = find(name)) out.insert(out.end(), room->members.begin(), room->members.end());
  }
  if (rooms.size() > 1) {
    std::sort(out.begin() + begin, out.end());
    out.erase(std::unique(out.begin() + begin, out.end()), out.end());
  }
  if (except.empty() || out.size() == static_cast<std::size_t>(begin)) return;
  std::vector<Slot> excluded;
  select(except, {}, excluded);
  std::sort(excluded.begin(), excluded.end());
  out.erase(
      std::remove_if(out.begin() + begin, out.end(),
                     [&](Slot slot) { return std::binary_search(excluded.begin(), excluded.end(), slot); }),
      out.end());
}

}  // namespace rollcall::socketio
