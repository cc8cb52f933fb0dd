// What a client may ask by a Socket.IO event, and how it is read from the wire (docs/protocol.md,
// "Requests"). The gateway decodes every event with this before it does anything else.
//
// Pure and thread-safe. Bounds: Limits; a message names the field and the reason. Of what the client
// sent it repeats a number or a short event name at most: it stays short and never holds a token.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "presence/types.hpp"
#include "rollcall/result.hpp"

namespace rollcall::api {

using UserId = std::pmr::string;
using UserIds = std::pmr::vector<UserId>;

struct CheckUserStatus {
  UserId user_id;
};
struct CheckUsersStatus {
  UserIds user_ids;
};
struct GetOnlineUsers {
  std::optional<std::size_t> limit;  // absent: max_online_list
  std::optional<std::string> cursor;
};
struct Heartbeat {};
struct SubscribePresence {
  UserIds user_ids;
};
struct UnsubscribePresence {
  UserIds user_ids;
};
struct RefreshToken {
  std::string token;
};
using Request = std::variant<CheckUserStatus, CheckUsersStatus, GetOnlineUsers, Heartbeat, SubscribePresence,
                             UnsubscribePresence, RefreshToken>;

enum class ErrorCode { invalid_payload, too_many_users, rate_limited, unknown_event, forbidden, internal };
const char* name_of(ErrorCode code);  // "INVALID_PAYLOAD"

struct Error {
  ErrorCode code;
  std::string message;     // for the client's developer
  std::string field = {};  // the one to blame, if it is one
};
Error error_of(presence::CursorFault fault);

struct Limits {
  std::size_t max_batch_ids = 1000;
  std::size_t max_online_list = 10000;
  std::size_t event_bytes = 64 * 1024;
};

// The names of all events that `decode` knows.
std::span<const std::string_view> request_events();

// `args_json`: the event's arguments as JSON texts joined by commas, maybe none. The first one is the
// payload, the rest is ignored. `attachments`: how many binary ones came with it; no request takes any.
// The request's ids are kept in `memory`, which must outlive it.
Result<Request, Error> decode(std::string_view event, std::string_view args_json, std::size_t attachments,
                              const Limits& limits,
                              std::pmr::memory_resource* memory = std::pmr::get_default_resource());
// The same for a payload that is the whole body of an HTTP request; `event` must be one of those.
Result<Request, Error> decode_body(std::string_view event, std::string_view body, const Limits& limits);

}  // namespace rollcall::api
