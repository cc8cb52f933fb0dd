// The secret with which a client resumes its session: it is given to the same user with the same pid.
//
// It begins with the place where the session began, so no lookup is needed: the worker's number in 12 bits,
// the slot in 30; then 102 random bits. A recovered session keeps its pid; Bus knows where those are.
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
// Where the session began. Absent if the text is not a pid. The worker or slot may not exist.
std::optional<SessionPlace> place_of_pid(std::string_view pid);
// Constant time for texts of the same length.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace rollcall::server
