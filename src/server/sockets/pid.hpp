// The secret by which a client takes its session back: whoever shows it, and is the same user, gets it.
//
// It begins with the place where the session began, so nothing has to be looked up for it: the worker's
// number in 12 bits, the slot in 30; then come 102 random bits. A session that was recovered keeps it, and
// Bus knows where those are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::server {

struct SessionPlace {
  std::uint32_t worker = 0;
  std::uint32_t slot = 0;
};

inline constexpr std::size_t kPidChars = 24;

std::string make_pid(SessionPlace place);
// Where the session began. Absent if the text is none of ours. It may name a worker or a slot that does not
// exist.
std::optional<SessionPlace> place_of_pid(std::string_view pid);
// In constant time for texts of the same length.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace rollcall::server
