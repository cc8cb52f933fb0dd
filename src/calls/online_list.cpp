#include "calls/online_list.hpp"

#include <algorithm>

#include "wire/users.hpp"

namespace rollcall::calls {

OnlineListPage OnlineList::page(const presence::Core& core) {
  const std::lock_guard lock(mutex_);
  if (version_ != core.list_version()) {
    write(core);
  } else {
    bring_up_to_date(core);
  }
  return {lend(), entries_.size(), core.online_count(), next_cursor_};
}

std::shared_ptr<const std::string> OnlineList::lend() const {
  text_->readers.fetch_add(1, std::memory_order_relaxed);
  return {&text_->json,
          [text = text_](const std::string*) { text->readers.fetch_sub(1, std::memory_order_release); }};
}

void OnlineList::write(const presence::Core& core) {
  auto text = std::make_shared<Text>();
  std::string& json = text->json;
  if (text_) json.reserve(text_->json.size() + text_->json.size() / 16);
  entries_.clear();
  json += '[';
  core.each_online(limit_, [&](presence::Slot slot, const presence::User& user) {
    if (!entries_.empty()) json += ',';
    const WallTime last_active = user.last_active.get();
    wire::append_online_user(json, user.profile.id(), user.profile.email(), user.profile.role(),
                             user.session_at, last_active);
    entries_.push_back({slot, static_cast<std::uint32_t>(json.size()), last_active});
  });
  json += ']';
  text_ = std::move(text);
  next_cursor_ = core.cursor_after(limit_);
  version_ = core.list_version();
}

void OnlineList::bring_up_to_date(const presence::Core& core) {
  for (Entry& entry : entries_) {
    const WallTime last_active = core.user(entry.slot).last_active.get();
    if (last_active == entry.last_active) continue;
    // Somebody may still be reading the text as it was.
    if (text_->readers.load(std::memory_order_acquire) > 0) {
      auto copy = std::make_shared<Text>();
      copy->json = text_->json;
      text_ = std::move(copy);
    }
    const std::string end = wire::online_user_end(last_active);
    std::copy(end.begin(), end.end(), text_->json.begin() + entry.end - wire::kOnlineUserEndBytes);
    entry.last_active = last_active;
  }
}

}  // namespace rollcall::calls
