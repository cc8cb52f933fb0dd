// Why a request cannot be read, and what to answer (RFC 9110, section 15.5 and 15.6).
//
// Made by RequestParser; whoever owns the connection answers and closes it, as what follows a fault
// cannot be told from a request. Plain values: safe on any thread.
#pragma once

#include <cstdint>

namespace rollcall::http {

enum class Fault : std::uint8_t {
  bad_request,
  header_too_big,
  body_too_big,
  unsupported_transfer,
  version_not_supported,
};

unsigned status_of(Fault fault);

// A sentence for the body of the answer, without a line end. It quotes nothing of the request.
const char* message_of(Fault fault);

}  // namespace rollcall::http
