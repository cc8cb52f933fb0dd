#include "socketio/recovery.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <charconv>
#include <functional>
#include <iterator>

#include "base/assert.hpp"

namespace rollcall::socketio {
namespace {

constexpr std::string_view kMark = "~:";

// Base 36: short, since it is added to every event.
std::string offset_of(std::uint64_t number) {
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, number, 36).ptr;
  return std::string(kMark).append(text, end);
}

std::optional<std::uint64_t> number_of(std::string_view offset) {
  if (offset.substr(0, kMark.size()) != kMark) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = offset.data() + offset.size();
  const auto parsed = std::from_chars(offset.data() + kMark.size(), end, number, 36);
  if (parsed.ec != std::errc{} || offset_of(number) != offset) return std::nullopt;
  return number;
}

std::size_t bytes_of(const std::vector<std::string>& names) {
  std::size_t bytes = 0;
  for (const std::string& name : names) bytes += sizeof name + name.size();
  return bytes;
}

// Sessions may have a thousand rooms, and the log a hundred thousand events.
using RoomSet = boost::unordered_flat_set<std::string_view, std::hash<std::string_view>>;

RoomSet rooms_of(const SavedSession& session) {
  RoomSet rooms(session.rooms.begin(), session.rooms.end());
  rooms.insert(session.sid);
  return rooms;
}

bool any_in(const std::vector<std::string>& wanted, const RoomSet& rooms) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& room) { return rooms.contains(room); });
}

}  // namespace

std::string Recovery::next_offset() {
  return offset_of(next_number_++);
}

void Recovery::log(std::string offset, std::vector<std::string> rooms, std::vector<std::string> except,
                   std::vector<base::FrameRef> frames, Instant now) {
  const auto number = number_of(offset);
  ROLLCALL_ASSERT(number && *number < next_number_);
  std::size_t bytes = sizeof(Entry) + bytes_of(rooms) + bytes_of(except);
  for (const base::FrameRef& frame : frames) bytes += frame->wire().size();
  log_bytes_ += bytes;
  // take() searches by number. An event within the sending of another is logged first.
  auto place = log_.end();
  while (place != log_.begin() && std::prev(place)->number > *number) --place;
  log_.insert(place, {*number, std::move(rooms), std::move(except), std::move(frames), bytes, now});
  prune(now);
}

void Recovery::save(std::string pid, SavedSession session, Instant now) {
  session.saved_at = now;
  by_age_.emplace_back(now, pid);
  sessions_.insert_or_assign(std::move(pid), Stored{std::move(session), next_number_});
  prune(now);
}

void Recovery::prune(Instant now) {
  prune_log(now);
  prune_sessions(now);
}

void Recovery::prune_log(Instant now) {
  while (!log_.empty() && (log_bytes_ > max_log_bytes_ || now - log_.front().at > max_age_)) {
    log_bytes_ -= log_.front().bytes;
    log_.pop_front();
  }
}

void Recovery::prune_sessions(Instant now) {
  const auto lives = [&](const std::pair<Instant, std::string>& saved) {
    const auto found = sessions_.find(saved.second);
    return found != sessions_.end() && found->second.session.saved_at == saved.first;
  };
  while (!by_age_.empty() && (sessions_.size() > max_sessions_ || now - by_age_.front().first > max_age_)) {
    if (lives(by_age_.front())) sessions_.erase(by_age_.front().second);
    by_age_.pop_front();
  }
  // A session that comes and goes leaves an entry behind each time.
  if (by_age_.size() > 2 * max_sessions_) std::erase_if(by_age_, std::not_fn(lives));
}

std::optional<Recovery::Recovered> Recovery::take(std::string_view pid, std::string_view offset,
                                                  std::string_view owner, Instant now) {
  prune(now);
  const auto found = sessions_.find(pid);
  if (found == sessions_.end() || found->second.session.owner != owner) return std::nullopt;
  const auto number = number_of(offset);
  if (!number || *number >= found->second.next_number) return std::nullopt;
  // The event it names must still be there: then so is everything after it.
  const auto seen = std::lower_bound(log_.begin(), log_.end(), *number,
                                     [](const Entry& entry, std::uint64_t n) { return entry.number < n; });
  if (seen == log_.end() || seen->number != *number) return std::nullopt;

  Recovered recovered{std::move(found->second.session), {}};
  sessions_.erase(found);
  const RoomSet rooms = rooms_of(recovered.session);
  for (auto entry = seen + 1; entry != log_.end(); ++entry) {
    if (any_in(entry->except, rooms) || !(entry->rooms.empty() || any_in(entry->rooms, rooms))) continue;
    recovered.missed.insert(recovered.missed.end(), entry->frames.begin(), entry->frames.end());
  }
  return recovered;
}

}  // namespace rollcall::socketio
