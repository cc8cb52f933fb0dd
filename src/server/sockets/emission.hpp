// What an application may emit: a client that is sent what is no JSON, or an event that socket.io keeps for
// itself, gives up its connection, so it is better to tell whose mistake it is.
//
// These throw std::invalid_argument, with a sentence that names the event, and nothing is sent. What is
// `Payload::verified` costs nothing; for the rest the text is read once, however many get it. Thread-safe.
#pragma once

#include <string_view>

#include "rollcall/server.hpp"

namespace rollcall::server {

void check_event(std::string_view name, const Payload& payload);
void check_ack(const Payload& payload);
void check_refusal(const ConnectError& error);

}  // namespace rollcall::server
