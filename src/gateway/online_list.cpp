#include "gateway/online_list.hpp"

#include <algorithm>

#include "api/replies.hpp"

namespace rollcall::gateway {

OnlineListPage OnlineList::page(const presence::Core& core) {
  if (version_ != core.list_version()) {
    write(core);
  } else {
    bring_up_to_date(core);
  }
  return {text_, core.online_count(), next_cursor_};
}

void OnlineList::write(const presence::Core& core) {
  auto text = std::make_shared<std::string>();
  if (text_) text->reserve(text_->size() + text_->size() / 16);
  entries_.clear();
  *text += '[';
  core.each_online(limit_, [&](presence::Slot slot, const presence::User& user) {
    if (!entries_.empty()) *text += ',';
    api::append_online_user(*text, user.profile.id(), user.profile.email(), user.profile.role(),
                            user.connected_at, user.last_active);
    entries_.push_back({slot, static_cast<std::uint32_t>(text->size()), user.last_active});
  });
  *text += ']';
  text_ = std::move(text);
  next_cursor_ = core.cursor_after(limit_);
  version_ = core.list_version();
}

void OnlineList::bring_up_to_date(const presence::Core& core) {
  for (Entry& entry : entries_) {
    const WallTime last_active = core.user(entry.slot).last_active;
    if (last_active == entry.last_active) continue;
    // Somebody may still be reading the text as it was.
    if (text_.use_count() > 1) text_ = std::make_shared<std::string>(*text_);
    const std::string end = api::online_user_end(last_active);
    std::copy(end.begin(), end.end(), text_->begin() + entry.end - api::kOnlineUserEndBytes);
    entry.last_active = last_active;
  }
}

}  // namespace rollcall::gateway
