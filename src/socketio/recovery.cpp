#include "socketio/recovery.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <utility>

#include "socketio/encode.hpp"

namespace rollcall::socketio {
namespace {

LogLimits limits_of(const RecoveryLimits& limits, std::size_t max_bytes, std::size_t max_shelf_bytes) {
  return {limits.max_age + limits.max_unnoticed, max_bytes, max_shelf_bytes};
}

constexpr std::size_t kFrameBytes = 11;  // what a packet has around it on a connection

// What it takes of the backlog of a connection.
std::size_t bytes_sent(const Message& message) {
  std::size_t bytes = kFrameBytes + message.packet.size();
  if (!message.mark.empty()) bytes += kFrameBytes + message.mark.size();
  for (const std::string& attachment : message.attachments) bytes += kFrameBytes + attachment.size();
  return bytes;
}

bool is_state(const Message& message) {
  return message.keep == Keep::edge || message.keep == Keep::newest;
}

bool is_for(const Message& message, const Rooms& rooms, Rooms::Slot slot, std::string_view id) {
  return std::none_of(message.except.begin(), message.except.end(), [&](const RoomKey& except) {
    return except.kind() == RoomKind::socket ? except.name() == id : rooms.contains(slot, except);
  });
}

// Of each subject's states the newest; of edges only if it is not the state that was known before: an even
// number of them leads back to that, unless one may have been seen (it is not after `sent`), or is no edge.
// `messages` are in order.
void keep_news(std::vector<MessageRef>& messages, std::uint64_t sent) {
  struct Seen {
    std::size_t count = 0;
    std::size_t newest = 0;
    bool maybe_known = false;  // one of them
  };
  boost::unordered_flat_map<std::string_view, Seen, std::hash<std::string_view>> by_subject;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!is_state(*messages[i])) continue;
    Seen& seen = by_subject[messages[i]->subject];
    ++seen.count;
    seen.newest = i;
    seen.maybe_known = seen.maybe_known || messages[i]->number <= sent || messages[i]->keep == Keep::newest;
  }
  if (by_subject.empty()) return;
  std::vector<MessageRef> news;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (is_state(*messages[i])) {
      const Seen& seen = by_subject[messages[i]->subject];
      const bool as_known = messages[i]->keep == Keep::edge && seen.count % 2 == 0 && !seen.maybe_known;
      if (seen.newest != i || as_known) continue;
    }
    news.push_back(messages[i]);
  }
  messages = std::move(news);
}

}  // namespace

Recovery::Recovery(const RecoveryLimits& limits, std::string epoch, std::string nsp)
    : limits_(limits),
      offsets_(std::move(epoch)),
      nsp_(std::move(nsp)),
      // More than a client may be sent again is not worth keeping for it.
      messages_(limits_of(limits, limits.max_log_bytes, 2 * limits.max_replay_bytes)),
      states_(limits_of(limits, limits.max_edge_bytes, limits.max_edge_bytes)),
      mark_credit_(limits.mark_burst) {}

std::string Recovery::mark_of(std::uint64_t number) const {
  return encode_event(nsp_, std::nullopt, kMarkEvent, '"' + offsets_.text(number) + '"', 0);
}

bool Recovery::may_mark_at_once(std::size_t receivers, Instant now) {
  const auto passed = std::chrono::duration_cast<milliseconds>(now - credited_at_);
  if (passed >= milliseconds(1)) {
    const auto earned = static_cast<std::size_t>(std::min(passed, milliseconds(1000)).count()) *
                        limits_.marks_per_second / 1000;
    mark_credit_ = std::min(limits_.mark_burst, mark_credit_ + earned);
    credited_at_ = now;
  }
  if (receivers > mark_credit_) return false;
  mark_credit_ -= receivers;
  return true;
}

void Recovery::stamp(Message& message, std::size_t receivers, Instant now) {
  if (message.keep == Keep::no) {
    if (ends_with_string(message.packet)) message.mark = mark_of(last_);
    return;
  }
  message.number = ++last_;
  const bool for_everybody = message.rooms.empty();
  if (is_state(message) && for_everybody && !may_mark_at_once(receivers, now)) {
    if (!mark_due_) mark_due_ = now + limits_.mark_interval;
    return;
  }
  message.mark = mark_of(last_);
  if (for_everybody) mark_due_.reset();
}

void Recovery::log(const MessageRef& message, Instant now) {
  if (message->keep == Keep::no) return;
  (is_state(*message) ? states_ : messages_).add(message, now);
}

std::optional<Message> Recovery::due_mark(Instant now) {
  if (!mark_due_ || now < *mark_due_) return std::nullopt;
  mark_due_.reset();
  Message mark;
  mark.keep = Keep::no;
  mark.packet = mark_of(last_);
  return mark;
}

bool Recovery::collect(const Rooms& rooms, Rooms::Slot slot, std::string_view id, std::uint64_t seen,
                       std::vector<MessageRef>& out) const {
  const auto left = [&] { return limits_.max_replay_events - out.size(); };
  bool whole = messages_.read_everybodys(seen, left(), out) && states_.read_everybodys(seen, left(), out) &&
               messages_.read(Room::socket(id), seen, left(), out);
  rooms.each_room(slot, [&](Room room) {
    whole = whole && messages_.read(room, seen, left(), out) && states_.read(room, seen, left(), out);
  });
  return whole;
}

std::optional<std::vector<MessageRef>> Recovery::missed(const Rooms& rooms, Rooms::Slot slot,
                                                        std::string_view id, std::uint64_t seen,
                                                        std::uint64_t sent) const {
  std::vector<MessageRef> missed;
  if (!collect(rooms, slot, id, seen, missed)) return std::nullopt;
  const auto number = [](const MessageRef& message) { return message->number; };
  std::sort(missed.begin(), missed.end(),
            [&](const MessageRef& a, const MessageRef& b) { return number(a) < number(b); });
  // A message to several rooms is on several shelves.
  missed.erase(std::unique(missed.begin(), missed.end()), missed.end());
  std::erase_if(missed, [&](const MessageRef& message) { return !is_for(*message, rooms, slot, id); });
  keep_news(missed, sent);
  std::size_t bytes = 0;
  for (const MessageRef& message : missed) bytes += bytes_sent(*message);
  if (bytes > limits_.max_replay_bytes) return std::nullopt;
  return missed;
}

std::uint64_t Recovery::aged_through() const {
  return std::max(messages_.aged_through(), states_.aged_through());
}

void Recovery::prune(Instant now) {
  messages_.prune(now);
  states_.prune(now);
}

}  // namespace rollcall::socketio
