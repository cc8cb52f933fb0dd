#include "presence/core.hpp"

#include <algorithm>
#include <charconv>

#include "base/shrink.hpp"

namespace rollcall::presence {
namespace {

// One of a user's changes is forgotten (UserChanged's `lately`) that often: a reload is two.
constexpr seconds kForget{2};

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool possible_id(std::string_view user_id) {
  return !user_id.empty() && user_id.size() <= kMaxUserIdBytes;
}

State state_of(const User& user, bool online) {
  State state;
  state.online = online;
  state.last_active = user.last_active.get();
  if (online) state.connected_at = user.session_at;
  return state;
}

std::optional<std::uint64_t> session_of(std::string_view cursor) {
  std::uint64_t session = 0;
  const char* end = cursor.data() + cursor.size();
  const auto [stopped, error] = std::from_chars(cursor.data(), end, session);
  if (error != std::errc{} || stopped != end || cursor.front() == '0') return std::nullopt;
  return session;
}

}  // namespace

Core::Core(const Settings& settings) : settings_(settings), directory_(settings.remembered_users) {}

bool Core::may_connect(std::string_view user_id) const {
  if (!possible_id(user_id)) return false;
  const Slot slot = directory_.find(user_id);
  const std::size_t connections = slot == kNoSlot ? 0 : directory_[slot].own.connections;
  return connections < settings_.connections_per_user;
}

void Core::apply(const Command& command, Instant now, WallTime wall, std::vector<UserChanged>& out) {
  tick(now, wall, out);
  if (const auto* activity = std::get_if<Activity>(&command)) {
    touch(activity->connection, wall);
  } else if (const auto* connect = std::get_if<Connect>(&command)) {
    handle(*connect, now, wall, out);
  } else {
    handle(std::get<Disconnect>(command), now, wall, out);
  }
}

void Core::handle(const Connect& command, Instant now, WallTime wall, std::vector<UserChanged>& out) {
  if (!possible_id(command.user_id) || connections_.contains(command.connection)) return;
  Slot slot = directory_.find(command.user_id);
  const bool known = slot != kNoSlot;
  if (!known) slot = directory_.add(command.user_id);
  const bool online = known && roster_.contains(slot);
  if (known && !online) directory_.recall(slot);
  User& user = directory_[slot];
  const State before = known ? state_of(user, online) : State{};
  user.profile = Profile(command.user_id, command.details);
  ++list_version_;
  user.last_active.advance(wall);
  user.own.grace_ends = Instant{};  // the broken connection was replaced: the next goodbye counts again
  ++user.own.connections;
  connections_.emplace(command.connection, slot);
  update(slot, user, before, now, wall, out);
}

void Core::handle(const Disconnect& command, Instant now, WallTime wall, std::vector<UserChanged>& out) {
  const auto found = connections_.find(command.connection);
  if (found == connections_.end()) return;
  const Slot slot = found->second;
  connections_.erase(found);
  base::shrink_table(connections_);
  User& user = directory_[slot];
  Contribution& own = user.own;
  --own.connections;
  const bool goodbye = is_goodbye(command.ending);
  // A goodbye ends only its own connection: another one that broke may still come back.
  if (!goodbye || own.grace_ends <= now) own.ending = command.ending;
  if (!goodbye && settings_.offline_grace > milliseconds::zero()) {
    own.grace_ends = now + settings_.offline_grace;
    graces_.push_back({own.grace_ends, slot});
  }
  if (!user.present(now)) update(slot, user, state_of(user, true), now, wall, out);
}

void Core::touch(ConnectionId connection, WallTime wall) {
  const auto found = connections_.find(connection);
  if (found != connections_.end()) directory_[found->second].last_active.advance(wall);
}

void Core::update(Slot slot, User& user, const State& before, Instant now, WallTime wall,
                  std::vector<UserChanged>& out) {
  const bool online = user.present(now);
  if (online == before.online) return;
  user.session_at = wall;
  online ? roster_.add(slot) : roster_.remove(slot);
  UserChanged& change = out.emplace_back();
  change.user_id = user.profile.id();
  change.before = before;
  change.after = state_of(user, online);
  change.at = wall;
  change.lately = user.changes.add(now, kForget);
  if (online) return;
  ++list_version_;
  directory_.remember(slot);
}

bool Core::stale(const Grace& grace) const {
  return !roster_.contains(grace.slot) || directory_[grace.slot].own.grace_ends != grace.ends;
}

void Core::tick(Instant now, WallTime wall, std::vector<UserChanged>& out) {
  while (!graces_.empty()) {
    const Grace grace = graces_.front();
    if (stale(grace)) {
      graces_.pop_front();
      continue;
    }
    if (grace.ends > now) return;
    graces_.pop_front();
    User& user = directory_[grace.slot];
    if (!user.present(now)) update(grace.slot, user, state_of(user, true), now, wall, out);
  }
}

std::optional<Instant> Core::deadline() const {
  if (graces_.empty()) return std::nullopt;
  return graces_.front().ends;
}

State Core::state(std::string_view user_id) const {
  const Slot slot = directory_.find(user_id);
  return slot == kNoSlot ? State{} : state_of(directory_[slot], roster_.contains(slot));
}

const User* Core::find(std::string_view user_id) const {
  const Slot slot = directory_.find(user_id);
  return slot == kNoSlot ? nullptr : &directory_[slot];
}

Account Core::account(std::string_view user_id) const {
  Account account;
  account.state = state(user_id);
  const Slot slot = directory_.find(user_id);
  if (slot == kNoSlot) return account;
  const User& user = directory_[slot];
  account.connections = user.own.connections;
  account.ending = user.own.ending;
  if (!account.state.online) {
    account.ended_at = user.session_at;
  } else if (user.own.grace_ends > Instant{}) {
    account.grace_ends = user.own.grace_ends;
  }
  return account;
}

std::size_t Core::connections(std::string_view user_id) const {
  const Slot slot = directory_.find(user_id);
  return slot == kNoSlot ? 0 : directory_[slot].own.connections;
}

std::optional<WallTime> Core::last_active(ConnectionId connection) const {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return std::nullopt;
  return directory_[found->second].last_active.get();
}

Result<OnlinePage, CursorFault> Core::online(std::size_t limit,
                                             std::optional<std::string_view> cursor) const {
  std::uint64_t after = 0;
  if (cursor) {
    const auto session = session_of(*cursor);
    if (!session || *session > roster_.last_session()) return fail(CursorFault::unknown);
    after = *session;
  }
  const Roster::Page slots = roster_.page(std::max<std::size_t>(limit, 1), after);
  OnlinePage page;
  page.count = roster_.size();
  page.users.reserve(slots.slots.size());
  for (const Slot slot : slots.slots) {
    const User& user = directory_[slot];
    page.users.push_back({std::string(user.profile.id()), owned(user.profile.email()),
                          owned(user.profile.role()), user.session_at, user.last_active.get()});
  }
  if (slots.next) page.next_cursor = std::to_string(*slots.next);
  return page;
}

std::optional<std::string> Core::cursor_after(std::size_t limit) const {
  const auto next = roster_.page(std::max<std::size_t>(limit, 1), 0).next;
  return next ? std::optional(std::to_string(*next)) : std::nullopt;
}

std::vector<std::string> Core::online_ids() const {
  std::vector<std::string> ids;
  ids.reserve(roster_.size());
  for (const Slot slot : roster_.page(roster_.size(), 0).slots)
    ids.emplace_back(directory_[slot].profile.id());
  return ids;
}

}  // namespace rollcall::presence
