// Why a request is invalid, and what to answer (RFC 9110, section 15.5 and 15.6).
//
// Made by RequestParser; the owner of the connection answers and closes it, because after a fault the start
// of the next request is unknown. Plain values: safe on any thread.
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
