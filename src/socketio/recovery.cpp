#include "socketio/recovery.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <charconv>
#include <functional>

namespace rollcall::socketio {
namespace {

constexpr std::string_view kMark = "~:";

std::optional<std::uint64_t> number_of(std::string_view offset) {
  if (offset.substr(0, kMark.size()) != kMark) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = offset.data() + offset.size();
  const auto parsed = std::from_chars(offset.data() + kMark.size(), end, number, 36);
  if (parsed.ec != std::errc{} || Recovery::offset_of(number) != offset) return std::nullopt;
  return number;
}

// Sessions may have a thousand rooms, and the log a hundred thousand events.
using RoomSet = boost::unordered_flat_set<std::string_view, std::hash<std::string_view>>;

bool any_in(const std::vector<std::string_view>& wanted, const RoomSet& rooms) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](std::string_view room) { return rooms.contains(room); });
}

}  // namespace

// Base 36: short, since it is added to every event.
std::string Recovery::offset_of(std::uint64_t number) {
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, number, 36).ptr;
  return std::string(kMark).append(text, end);
}

void Recovery::save(std::string pid, SavedSession session, Instant now) {
  session.saved_at = now;
  by_age_.emplace_back(now, pid);
  sessions_.insert_or_assign(std::move(pid), Stored{std::move(session), next_number_});
  prune(now);
}

void Recovery::prune(Instant now) {
  log_.prune(now);
  prune_sessions(now);
}

void Recovery::prune_sessions(Instant now) {
  const auto lives = [&](const std::pair<Instant, std::string>& saved) {
    const auto found = sessions_.find(saved.second);
    return found != sessions_.end() && found->second.session.saved_at == saved.first;
  };
  while (!by_age_.empty() &&
         (sessions_.size() > limits_.max_sessions || now - by_age_.front().first > limits_.max_age)) {
    if (lives(by_age_.front())) sessions_.erase(by_age_.front().second);
    by_age_.pop_front();
  }
  // A session that comes and goes leaves an entry behind each time.
  if (by_age_.size() > 2 * limits_.max_sessions) std::erase_if(by_age_, std::not_fn(lives));
}

std::optional<Recovery::Recovered> Recovery::take(std::string_view pid, std::string_view offset,
                                                  std::string_view owner, Instant now) {
  prune(now);
  const auto found = sessions_.find(pid);
  if (found == sessions_.end() || found->second.session.owner != owner) return std::nullopt;
  const auto seen = number_of(offset);
  if (!seen || *seen >= found->second.next_number) return std::nullopt;
  // What was forgotten for its age is older than the client's last sign of life: it has had that.
  if (*seen < log_.lost_through()) return std::nullopt;
  Recovered recovered{std::move(found->second.session), {}};
  sessions_.erase(found);
  recovered.missed = missed_by(recovered.session, *seen);
  return recovered;
}

std::vector<Recovery::Missed> Recovery::missed_by(const SavedSession& session, std::uint64_t seen) const {
  const RoomKey own = Room::socket(session.sid);
  RoomSet rooms{own.text()};
  for (const RoomKey& room : session.rooms) rooms.insert(room.text());
  std::vector<Missed> missed;
  log_.each_after(seen, [&](const MessageLog::Entry& entry) {
    if (any_in(entry.except, rooms) || !(entry.rooms.empty() || any_in(entry.rooms, rooms))) return;
    missed.push_back({entry.number, std::string(entry.packet),
                      std::vector<std::string>(entry.attachments.begin(), entry.attachments.end())});
  });
  // A reply takes its number before it is written: a later message may have been logged first.
  std::sort(missed.begin(), missed.end(),
            [](const Missed& a, const Missed& b) { return a.number < b.number; });
  return missed;
}

}  // namespace rollcall::socketio
