#include "feed/reader.hpp"

#include <string_view>
#include <utility>

#include "feed/texts.hpp"
#include "wire/events.hpp"
#include "wire/users.hpp"

namespace rollcall::feed {
namespace {

constexpr std::string_view kRetry = "retry: 2000\n\n";
constexpr std::string_view kKeepAliveComment = ": keep-alive\n\n";

constexpr const char* kStart = "start";
constexpr const char* kCursorUnknown = "cursor-unknown";

// The data follows, one line of JSON, and then kEventEnd.
void begin_event(std::string& out, std::string_view name, std::string_view id = {}) {
  out.append("event: ").append(name);
  if (!id.empty()) out.append("\nid: ").append(id);
  out += "\ndata: ";
}
constexpr std::string_view kEventEnd = "\n\n";

}  // namespace

Reader::Reader(std::string cursor, Instant now)
    : cursor_(std::move(cursor)), deadline_(now + kKeepAlive), unsent_since_(now) {}

std::string Reader::next(MirrorSource& source, std::size_t unsent, Instant now, WallTime wall) {
  watch(unsent, now);
  std::string out;
  if (unsent == 0) {
    while (out.size() < kPortion && step(source, wall, out)) {
    }
    if (out.empty() && now >= deadline_) out = kKeepAliveComment;
  }
  waits_for_room_ = unsent > 0 || out.size() >= kPortion;
  if (!out.empty() || now >= deadline_) deadline_ = now + kKeepAlive;
  return out;
}

void Reader::watch(std::size_t unsent, Instant now) {
  if (unsent != std::exchange(unsent_, unsent) || unsent == 0) unsent_since_ = now;
  given_up_ = now - unsent_since_ >= kPatience;
}

bool Reader::step(MirrorSource& source, WallTime wall, std::string& out) {
  if (state_ == State::live) return tell_changes(source, wall, out);
  if (state_ == State::begin) {
    begin(source, wall, out);
  } else {
    tell_users(source, wall, out);
  }
  return true;
}

void Reader::begin(MirrorSource& source, WallTime wall, std::string& out) {
  out += kRetry;
  const std::string cursor = std::exchange(cursor_, {});
  if (cursor.empty()) {
    reset(source, kStart, wall, out);
    return;
  }
  const auto found = source.find(cursor);
  if (!found) {
    reset(source, found.error() == FeedGap::unknown ? kCursorUnknown : kFellBehind, wall, out);
    return;
  }
  taken_ = *found;
  go_live(source, true, wall, out);
}

void Reader::reset(MirrorSource& source, const char* reason, WallTime wall, std::string& out) {
  begin_event(out, "reset");
  append_feed_reset(out, reason, wall);
  out += kEventEnd;
  taken_ = source.after(taken_).last;
  page_ = source.page(kPageUsers, std::nullopt);
  told_of_page_ = 0;
  state_ = State::snapshot;
}

void Reader::tell_users(MirrorSource& source, WallTime wall, std::string& out) {
  if (told_of_page_ == page_.users.size()) {
    if (!source.after(taken_).whole) {  // the feed has forgotten changes since then
      reset(source, kFellBehind, wall, out);
      return;
    }
    if (!page_.next_cursor) {
      page_ = {};
      go_live(source, false, wall, out);
      return;
    }
    page_ = source.page(kPageUsers, page_.next_cursor);
    told_of_page_ = 0;
  }
  if (page_.users.empty()) return;
  begin_event(out, "snapshot");
  out += "{\"users\":[";
  do {
    const presence::OnlineUser& user = page_.users[told_of_page_];
    wire::append_online_user(out, user.user_id, user.email, user.role, user.connected_at, user.last_active);
    out += ',';
  } while (++told_of_page_ < page_.users.size() && out.size() < kPortion);
  out.back() = ']';
  out += '}';
  out += kEventEnd;
}

void Reader::go_live(MirrorSource& source, bool resumed, WallTime wall, std::string& out) {
  begin_event(out, "live", source.cursor(taken_));
  append_feed_live(out, source.online_count(), resumed, source.settling(), wall);
  out += kEventEnd;
  state_ = State::live;
}

bool Reader::tell_changes(MirrorSource& source, WallTime wall, std::string& out) {
  changes_.clear(kPortion);
  if (!source.read(taken_, kReadChanges, changes_).whole) {
    reset(source, kFellBehind, wall, out);
    return true;
  }
  for (std::size_t i = 0; i < changes_.size() && out.size() < kPortion; ++i) {
    const Change change = changes_[i];
    begin_event(out, change.online ? wire::kUserOnlineEvent : wire::kUserOfflineEvent,
                source.cursor(++taken_));
    append_feed_change(out, change);
    out += kEventEnd;
  }
  return !changes_.empty();
}

}  // namespace rollcall::feed
