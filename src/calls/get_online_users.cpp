// get-online-users: who is online, all at once or page by page.
#include <charconv>
#include <cmath>
#include <variant>

#include "calls/call.hpp"
#include "calls/online_list.hpp"
#include "wire/users.hpp"

namespace rollcall::calls {
namespace {

namespace json = base::json;
using wire::Error;

constexpr std::size_t kMaxCursorBytes = 64;

class GetOnlineUsers final : public Question {
 public:
  GetOnlineUsers(std::size_t limit, bool whole, std::optional<std::string> cursor)
      : limit_(limit), whole_(whole), cursor_(std::move(cursor)) {}

  void look(const presence::View& view, const Surroundings& around) override {
    if (whole_) {
      found_ = around.online_list.page(view.everyone());
    } else {
      found_ =
          view.everyone().online(limit_, cursor_ ? std::optional<std::string_view>(*cursor_) : std::nullopt);
    }
  }

  Result<std::string, Error> answer(WallTime now, std::string out) override {
    if (const auto* list = std::get_if<OnlineListPage>(&found_)) {
      return written(*list->users, list->count, list->next_cursor, now, std::move(out));
    }
    const Page& page = std::get<Page>(found_);
    if (!page) return fail(wire::error_of(page.error()));
    std::string users = "[";
    for (const presence::OnlineUser& user : page->users) {
      if (users.size() > 1) users += ',';
      wire::append_online_user(users, user.user_id, user.email, user.role, user.connected_at,
                               user.last_active);
    }
    return written(users += ']', page->count, page->next_cursor, now, std::move(out));
  }

  std::size_t ids() const override {
    if (const auto* list = std::get_if<OnlineListPage>(&found_)) return list->listed;
    const Page& page = std::get<Page>(found_);
    return page ? page->users.size() : 0;
  }

 private:
  using Page = Result<presence::OnlinePage, presence::CursorFault>;

  // `users`: a JSON array of append_online_user's.
  static std::string written(std::string_view users, std::size_t count,
                             const std::optional<std::string>& next, WallTime now, std::string out) {
    out.reserve(out.size() + users.size() + wire::kBytesPerUser);
    {
      wire::ObjectWriter writer(out);
      writer.raw("users", users).number("count", count).time("timestamp", now);
      if (next) writer.text("nextCursor", std::string_view(*next));
    }
    return out;
  }

  std::size_t limit_;
  bool whole_;  // the list that is kept written
  std::optional<std::string> cursor_;
  std::variant<OnlineListPage, Page> found_;
};

// A number as it is usually written.
std::string number_text(const json::value& number) {
  if (!number.is_double()) return json::serialize(number);
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number.get_double()).ptr;
  return std::isfinite(number.get_double()) ? std::string(text, end) : "a number";
}

// JSON knows one kind of number: 5, 5.0 and 5e0 are the same.
std::optional<std::size_t> whole_number(const json::value& value) {
  if (const auto* positive = value.if_int64(); positive && *positive > 0) {
    return static_cast<std::size_t>(*positive);
  }
  if (const auto* real = value.if_double();
      real && *real >= 1 && *real < 9e15 && *real == std::floor(*real)) {
    return static_cast<std::size_t>(*real);
  }
  return std::nullopt;
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

Failure<Error> bad_limit(const Limits& limits, std::string_view got) {
  return wire::invalid("limit", "must be an integer from 1 to " + std::to_string(limits.max_online_list) +
                                    ", got " + std::string(got));
}

// Both as given, or not given.
template <class Pointer>
Result<Pointer, Error> page_of(std::optional<std::size_t> limit, std::optional<std::string> cursor,
                               const Limits& limits, std::pmr::memory_resource* memory) {
  if (cursor && cursor->size() > kMaxCursorBytes) {
    return fail(wire::error_of(presence::CursorFault::unknown));
  }
  const bool whole = !limit && !cursor;
  return Pointer(
      make<GetOnlineUsers>(memory, limit.value_or(limits.max_online_list), whole, std::move(cursor)));
}

Result<RequestPtr, Error> read_get_online_users(const wire::Fields& fields, const Limits& limits) {
  std::optional<std::size_t> limit;
  if (const json::value* value = fields.find("limit"); !wire::is_nothing(value)) {
    limit = whole_number(*value);
    if (!limit || *limit > limits.max_online_list) {
      return bad_limit(limits, value->is_number() ? number_text(*value) : wire::described(value));
    }
  }
  std::optional<std::string> cursor;
  if (const json::value* value = fields.find("cursor"); !wire::is_nothing(value)) {
    if (!value->is_string())
      return wire::invalid("cursor", "must be a string, got " + wire::described(value));
    cursor.emplace(value->as_string().data(), value->as_string().size());
  }
  return page_of<RequestPtr>(limit, std::move(cursor), limits, fields.memory);
}

Result<QuestionPtr, Error> read_online_route(const HttpInput& input, const Limits& limits) {
  std::optional<std::size_t> limit;
  if (const auto text = input.query("limit")) {
    const auto number = number_in(*text);
    if (!number) return bad_limit(limits, text->empty() ? "an empty string" : "a string");
    if (*number < 1 || static_cast<std::size_t>(*number) > limits.max_online_list) {
      return bad_limit(limits, std::to_string(*number));
    }
    limit = static_cast<std::size_t>(*number);
  }
  return page_of<QuestionPtr>(limit, input.query("cursor"), limits, std::pmr::get_default_resource());
}

}  // namespace

extern const Call kGetOnlineUsers{
    .event = "get-online-users",
    .reply = "online-users",
    .payload_optional = true,
    .read = read_get_online_users,
    .route = {"GET", "/api/v1/presence/online", Scope::read, "online"},
    .read_http = read_online_route,
};

}  // namespace rollcall::calls
