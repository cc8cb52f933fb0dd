// An event that a backend sends to users over HTTP: its name, its data, and its recipients.
//
// `data` is validated as JSON in UTF-8 but never parsed into values: clients get the text exactly as it came,
// including escapes, the order of members, and numbers that do not fit a double.
//
// Called by the gateway's HTTP API and by rollcall::Gateway. Pure; thread-safe. Bounds: those of `Limits`;
// bodies are bounded by the server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "calls/limits.hpp"
#include "wire/error.hpp"
#include "wire/user_ids.hpp"

namespace rollcall::calls {

// The reason why an application may not emit an event of that name; nothing if it may. A name reserved by
// socket.io makes clients close their connection; a name of presence's own would be believed.
std::optional<wire::Error> refused_event(std::string_view name);

struct Emit {
  std::string event;
  std::string data;  // JSON; empty: none
};
inline constexpr std::size_t kMaxEventNameBytes = 256;
Result<Emit, wire::Error> read_emit(std::string_view body);

struct EmitToMany {
  std::optional<wire::UserIds> user_ids;  // without duplicates; nullopt: everyone
  Emit emit;
};
Result<EmitToMany, wire::Error> read_emit_to_many(std::string_view body, const Limits& limits);

// The answers. `delivered` counts connections; `online` says whether the user is online, or how many are.
std::string emitted(std::size_t delivered, bool online);
std::string emitted_to_many(std::size_t delivered, std::size_t online);

}  // namespace rollcall::calls
