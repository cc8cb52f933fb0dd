// Users as JSON (docs/protocol.md, "Requests"), for replies, lists, and the feed's snapshot.
//
// Pure and thread-safe. Strings are escaped, times are ISO-8601, unknown values are null.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "presence/types.hpp"
#include "rollcall/time.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::wire {

inline constexpr std::size_t kBytesPerUser =
    192;  // id and times of one, about: what a list reserves for each

void write_status(ObjectWriter& writer, std::string_view user_id, const presence::State& status);

void append_online_user(std::string& out, std::string_view user_id, std::optional<std::string_view> email,
                        std::optional<std::string_view> role, WallTime connected_at, WallTime last_active);
// The fixed-size end of what append_online_user writes, so that the time can be updated in place.
std::string online_user_end(WallTime last_active);
inline constexpr std::size_t kOnlineUserEndBytes = 27;

}  // namespace rollcall::wire
