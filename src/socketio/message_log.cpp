#include "socketio/message_log.hpp"

#include <algorithm>
#include <bit>

#include "base/assert.hpp"
#include "base/shrink.hpp"

namespace rollcall::socketio {
namespace {

// The memory of a message besides its texts: the objects with the allocator's overhead; and its entry on a
// shelf.
constexpr std::size_t kMessageBytes = 280;
constexpr std::size_t kEntryBytes = 40;
constexpr std::size_t kMinToCompact = 16;

// The bytes charged to each of its shelves: they share the message, which may be for thousands of users.
std::size_t bytes_of(const Message& message) {
  std::size_t bytes = kMessageBytes + message.packet.size() + message.mark.size() + message.subject.size();
  for (const RoomKey& room : message.rooms) bytes += sizeof(room) + room.text().size();
  for (const RoomKey& room : message.except) bytes += sizeof(room) + room.text().size();
  for (const std::string& attachment : message.attachments) bytes += sizeof(std::string) + attachment.size();
  return kEntryBytes + bytes / std::max<std::size_t>(message.rooms.size(), 1);
}

}  // namespace

void MessageLog::add(const MessageRef& message, Instant now) {
  static const std::string kEverybody;
  const Entry entry{message, now, bytes_of(*message)};
  if (message->rooms.empty()) put(shelf_of(kEverybody, now), entry);
  for (const RoomKey& room : message->rooms) put(shelf_of(room.text(), now), entry);
  while (bytes_ > limits_.max_bytes) lose_oldest(largest());
  prune(now);
}

MessageLog::Shelf& MessageLog::shelf_of(const std::string& key, Instant now) {
  auto& shelf = shelves_[key];
  if (!shelf) {
    shelf = std::make_unique<Shelf>();
    shelf->key = key;
    shelf->place = classes_[0].size();
    classes_[0].push_back(shelf.get());
    checks_.emplace_back(now + check_interval(), shelf.get());
  }
  return *shelf;
}

void MessageLog::put(Shelf& shelf, const Entry& entry) {
  shelf.entries.push_back(entry);
  shelf.bytes += entry.bytes;
  bytes_ += entry.bytes;
  while (shelf.bytes > limits_.max_shelf_bytes) lose_oldest(shelf);
  resized(shelf);
}

void MessageLog::lose_oldest(Shelf& shelf) {
  const Entry& oldest = shelf.entries[shelf.first];
  shelf.lost_through = oldest.message->number;
  shelf.lost_at = oldest.at;
  take_oldest(shelf);
  resized(shelf);
}

void MessageLog::take_oldest(Shelf& shelf) {
  Entry& oldest = shelf.entries[shelf.first++];
  shelf.bytes -= oldest.bytes;
  bytes_ -= oldest.bytes;
  oldest.message.reset();
  if (shelf.empty()) {
    shelf.entries = {};
    shelf.first = 0;
  } else if (shelf.first >= kMinToCompact && shelf.first * 2 >= shelf.entries.size()) {
    shelf.entries.erase(shelf.entries.begin(),
                        shelf.entries.begin() + static_cast<std::ptrdiff_t>(shelf.first));
    shelf.first = 0;
  }
}

void MessageLog::leave_class(Shelf& shelf) {
  auto& all = classes_[shelf.size_class];
  all[shelf.place] = all.back();
  all[shelf.place]->place = shelf.place;
  all.pop_back();
  base::shrink_vector(all);
}

void MessageLog::resized(Shelf& shelf) {
  const auto size_class = std::min<std::size_t>(std::bit_width(shelf.bytes), kClasses - 1);
  if (size_class == shelf.size_class) return;
  leave_class(shelf);
  shelf.size_class = size_class;
  shelf.place = classes_[size_class].size();
  classes_[size_class].push_back(&shelf);
}

MessageLog::Shelf& MessageLog::largest() {
  const auto found = std::find_if(classes_.rbegin(), classes_.rend(),
                                  [](const std::vector<Shelf*>& shelves) { return !shelves.empty(); });
  ROLLCALL_ASSERT(found != classes_.rend() && !found->back()->empty());
  return *found->back();
}

// A shelf whose lost messages have not expired yet stays, because it records that they are lost.
void MessageLog::prune(Instant now) {
  while (!checks_.empty() && now >= checks_.front().first) {
    Shelf& shelf = *checks_.front().second;
    checks_.pop_front();
    const Instant oldest = now - limits_.max_age;
    while (!shelf.empty() && shelf.entries[shelf.first].at < oldest) {
      aged_through_ = std::max(aged_through_, shelf.entries[shelf.first].message->number);
      take_oldest(shelf);
    }
    resized(shelf);
    if (shelf.empty() && (shelf.lost_through == 0 || shelf.lost_at < oldest)) {
      aged_through_ = std::max(aged_through_, shelf.lost_through);
      leave_class(shelf);
      shelves_.erase(shelves_.find(std::string_view(shelf.key)));
      base::shrink_table(shelves_);
    } else {
      checks_.emplace_back(now + check_interval(), &shelf);
    }
  }
}

bool MessageLog::read(const Shelf& shelf, std::uint64_t after, std::size_t most,
                      std::vector<MessageRef>& out) {
  if (shelf.lost_through > after) return false;
  const auto begin = shelf.entries.begin() + static_cast<std::ptrdiff_t>(shelf.first);
  auto entry = std::upper_bound(
      begin, shelf.entries.end(), after,
      [](std::uint64_t number, const Entry& candidate) { return number < candidate.message->number; });
  if (static_cast<std::size_t>(shelf.entries.end() - entry) > most) return false;
  for (; entry != shelf.entries.end(); ++entry) out.push_back(entry->message);
  return true;
}

bool MessageLog::read(Room room, std::uint64_t after, std::size_t most, std::vector<MessageRef>& out) const {
  const auto found = shelves_.find(room);
  return found == shelves_.end() || read(*found->second, after, most, out);
}

bool MessageLog::read_everybodys(std::uint64_t after, std::size_t most, std::vector<MessageRef>& out) const {
  const auto found = shelves_.find(std::string_view());
  return found == shelves_.end() || read(*found->second, after, most, out);
}

}  // namespace rollcall::socketio
