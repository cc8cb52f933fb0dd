// Validates what an application emits: a client that receives invalid JSON, or one of socket.io's reserved
// events, drops its connection, so the mistake is reported where it was made.
//
// These throw std::invalid_argument with a sentence that names the event, and nothing is sent. A payload that
// is `Payload::verified` costs nothing; others are read once, however many receive them. Thread-safe.
#pragma once

#include <string_view>

#include "rollcall/server.hpp"

namespace rollcall::server {

void check_event(std::string_view name, const Payload& payload);
void check_ack(const Payload& payload);
void check_refusal(const ConnectError& error);

}  // namespace rollcall::server
