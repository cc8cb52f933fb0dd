#include "gateway/presence_answers.hpp"

#include "api/replies.hpp"

namespace rollcall::gateway {

PresenceAnswers::Reading PresenceAnswers::read(const presence::View& view, presence::ConnectionId asker,
                                               const api::Request& request, WallTime wall,
                                               std::pmr::memory_resource* memory) {
  const auto statuses = [&](const api::UserIds& user_ids) {
    std::pmr::vector<presence::State> found(memory);
    found.reserve(user_ids.size());
    for (const api::UserId& user_id : user_ids) found.push_back(view.state(user_id));
    return found;
  };
  if (const auto* one = std::get_if<api::CheckUserStatus>(&request)) return view.state(one->user_id);
  if (const auto* many = std::get_if<api::CheckUsersStatus>(&request)) return statuses(many->user_ids);
  if (const auto* watch = std::get_if<api::SubscribePresence>(&request)) return statuses(watch->user_ids);
  if (const auto* list = std::get_if<api::GetOnlineUsers>(&request)) {
    if (!list->limit && !list->cursor) return online_list_.page(view.everyone());
    return view.everyone().online(
        list->limit.value_or(limits_.max_online_list),
        list->cursor ? std::optional<std::string_view>(*list->cursor) : std::nullopt);
  }
  if (std::holds_alternative<api::Heartbeat>(request)) {
    return view.last_active(asker).value_or(wall);
  }
  return {};
}

std::optional<api::Error> PresenceAnswers::error_of(const Reading& reading) {
  const auto* page = std::get_if<Result<presence::OnlinePage, presence::CursorFault>>(&reading);
  if (!page || *page) return std::nullopt;
  return api::error_of(page->error());
}

std::string PresenceAnswers::write(const api::Request& request, const Reading& reading, WallTime now,
                                   std::string begin) {
  if (const auto* one = std::get_if<api::CheckUserStatus>(&request)) {
    return api::user_status(one->user_id, std::get<presence::State>(reading), now, std::move(begin));
  }
  if (const auto* statuses = std::get_if<std::pmr::vector<presence::State>>(&reading)) {
    const auto* many = std::get_if<api::CheckUsersStatus>(&request);
    const auto& user_ids = many ? many->user_ids : std::get<api::SubscribePresence>(request).user_ids;
    return api::users_status(user_ids, *statuses, now, std::move(begin));
  }
  if (const auto* list = std::get_if<OnlineListPage>(&reading)) {
    return api::online_users(*list->users, list->count, list->next_cursor, now, std::move(begin));
  }
  if (const auto* last_active = std::get_if<WallTime>(&reading)) {
    return api::heartbeat_ack(now, *last_active, std::move(begin));
  }
  const presence::OnlinePage& page = *std::get<Result<presence::OnlinePage, presence::CursorFault>>(reading);
  std::string users = "[";
  for (const presence::OnlineUser& user : page.users) {
    if (users.size() > 1) users += ',';
    api::append_online_user(users, user.user_id, user.email, user.role, user.connected_at, user.last_active);
  }
  return api::online_users(users += ']', page.count, page.next_cursor, now, std::move(begin));
}

}  // namespace rollcall::gateway
