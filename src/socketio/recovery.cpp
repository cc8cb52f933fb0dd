#include "socketio/recovery.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall::socketio {
namespace {

// Base 36: short, since it is added to every event.
std::string text_of(std::uint64_t number) {
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, number, 36).ptr;
  return {text, end};
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, 36);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool any_of_rooms(const std::vector<std::string>& wanted, const SavedSession& session) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& room) {
    return room == session.sid || contains(session.rooms, room);
  });
}

}  // namespace

std::string Recovery::next_offset() {
  return text_of(next_number_++);
}

void Recovery::log(std::string offset, std::vector<std::string> rooms, std::vector<std::string> except,
                   std::vector<base::FrameRef> frames, Instant now) {
  std::size_t bytes = sizeof(Entry);
  for (const base::FrameRef& frame : frames) bytes += frame->wire().size();
  log_bytes_ += bytes;
  log_.push_back(
      {number_of(offset).value_or(0), std::move(rooms), std::move(except), std::move(frames), bytes, now});
  prune(now);
}

void Recovery::save(std::string pid, SavedSession session, Instant now) {
  by_age_.emplace_back(now, pid);
  sessions_.insert_or_assign(std::move(pid), Stored{std::move(session), now});
  prune(now);
}

void Recovery::prune(Instant now) {
  while (!log_.empty() && (log_bytes_ > max_log_bytes_ || now - log_.front().at > max_age_)) {
    log_bytes_ -= log_.front().bytes;
    log_.pop_front();
  }
  while (!by_age_.empty() && (sessions_.size() > max_sessions_ || now - by_age_.front().first > max_age_)) {
    const auto& [at, pid] = by_age_.front();
    if (const auto found = sessions_.find(pid); found != sessions_.end() && found->second.at == at) {
      sessions_.erase(found);
    }
    by_age_.pop_front();
  }
}

bool Recovery::concerns(const Entry& entry, const SavedSession& session) {
  if (any_of_rooms(entry.except, session)) return false;
  return entry.rooms.empty() || any_of_rooms(entry.rooms, session);
}

std::optional<Recovery::Recovered> Recovery::take(std::string_view pid, std::string_view offset,
                                                  std::string_view owner, Instant now) {
  prune(now);
  const auto found = sessions_.find(pid);
  if (found == sessions_.end() || found->second.session.owner != owner) return std::nullopt;
  const auto number = number_of(offset);
  if (!number) return std::nullopt;
  // The event it names must still be there: then so is everything after it.
  const auto seen = std::lower_bound(log_.begin(), log_.end(), *number,
                                     [](const Entry& entry, std::uint64_t n) { return entry.number < n; });
  if (seen == log_.end() || seen->number != *number) return std::nullopt;

  Recovered recovered{std::move(found->second.session), {}};
  sessions_.erase(found);
  for (auto entry = seen + 1; entry != log_.end(); ++entry) {
    if (!concerns(*entry, recovered.session)) continue;
    recovered.missed.insert(recovered.missed.end(), entry->frames.begin(), entry->frames.end());
  }
  return recovered;
}

}  // namespace rollcall::socketio
