// What a backend service may ask by HTTP (docs/http-api.md), and how it is read from path, query and body.
// Where a client may ask the same by an event, it is the same request by the same rules.
//
// Called by the gateway's HTTP API. Pure; thread-safe. Bounds: those of `decode`; bodies are bounded by the
// server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/requests.hpp"

namespace rollcall::api {

// `user_id`: as it was in the path, decoded: any bytes.
Result<CheckUserStatus, Error> read_path_user(std::string_view user_id);
Result<CheckUsersStatus, Error> read_query(std::string_view body, const Limits& limits);
// `limit`, `cursor`: the parameters of the query, decoded: any bytes.
Result<GetOnlineUsers, Error> read_online(const std::optional<std::string>& limit,
                                          const std::optional<std::string>& cursor, const Limits& limits);

}  // namespace rollcall::api
