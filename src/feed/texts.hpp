// What is told of changes to backends, as JSON texts: the data of the feed's server-sent events, and the
// events of webhooks. Called by the machines of `feed`.
//
// Pure and thread-safe. Each appends to `out`. Keys and times as in wire/events.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "feed/change_list.hpp"
#include "rollcall/time.hpp"

namespace rollcall::feed {

// {"type":"user.online","cursor":...,"userId":...,...}
void append_webhook_event(std::string& out, std::string_view cursor, const Change& change);
// "Take a snapshot: what you have may be wrong." `reason` as in the feed's `reset`.
// From `now` on others may be on their way back for `settling` (told unless it is 0).
void append_webhook_reset(std::string& out, std::string_view cursor, std::string_view reason,
                          milliseconds settling, WallTime now);

// The data of the feed's events `user-online` and `user-offline`, `reset`, and `live`: `count` users are
// online, and for `settling` yet others may be on their way back (told unless it is 0).
void append_feed_change(std::string& out, const Change& change);
void append_feed_reset(std::string& out, std::string_view reason, WallTime now);
void append_feed_live(std::string& out, std::size_t count, bool resumed, milliseconds settling, WallTime now);

}  // namespace rollcall::feed
