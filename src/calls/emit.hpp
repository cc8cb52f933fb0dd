// What a backend may send to users by HTTP: the event's name, its data, to whom.
//
// `data` is never read into values: clients get the text that came, with numbers that no double holds, its
// escapes and the order of its members, once it is known to be JSON in UTF-8.
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

// Why an application may not emit an event of that name, if so: clients close their connection on one that
// socket.io keeps for itself, and believe one of presence's.
std::optional<wire::Error> refused_event(std::string_view name);

struct Emit {
  std::string event;
  std::string data;  // JSON; empty: none
};
inline constexpr std::size_t kMaxEventNameBytes = 256;
Result<Emit, wire::Error> read_emit(std::string_view body);

struct EmitToMany {
  std::optional<wire::UserIds> user_ids;  // each once; none: everyone
  Emit emit;
};
Result<EmitToMany, wire::Error> read_emit_to_many(std::string_view body, const Limits& limits);

// The answers. `delivered`: to how many connections; `online`: whether the user is, or how many of them are.
std::string emitted(std::size_t delivered, bool online);
std::string emitted_to_many(std::size_t delivered, std::size_t online);

}  // namespace rollcall::calls
