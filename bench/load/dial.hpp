// Opens the TCP connection and writes the upgrade request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/options.hpp"

namespace rollcall::load {

// The correct answer to the only key used here (the example of RFC 6455, section 1.3).
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

struct Dialled {
  int fd;        // below 0: errno says why
  bool pending;  // becomes writable once connected
};

// `n` selects the source address: one address has some 28,000 ports, and those of closed connections are
// blocked for a minute. Only loopback targets get a source address.
Dialled dial(const Options& options, std::uint32_t n);

std::string upgrade_request(const Options& options, std::string_view token);

}  // namespace rollcall::load
