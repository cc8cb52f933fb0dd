// Opens the TCP connection and words the upgrade request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "load/options.hpp"

namespace rollcall::load {

// What every server has to answer to the one key that is used here (RFC 6455, section 1.3's example).
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

struct Dialled {
  int fd;        // below 0: errno says why
  bool pending;  // it becomes writable once it is connected
};

// `n` chooses the source: one address has some 28,000 ports, and those of closed connections rest for a
// minute. Loopback targets only are given a source address.
Dialled dial(const Options& options, std::uint32_t n);

std::string upgrade_request(const Options& options, std::string_view token);

}  // namespace rollcall::load
