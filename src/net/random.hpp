// Randomness from the kernel, for ids that are credentials.
#pragma once

#include <span>
#include <string>

namespace rollcall::net {

void random_bytes(std::span<char> out);
// `bytes` random bytes in URL-safe base64: 15 bytes give 20 characters and 120 bits.
std::string random_id(std::size_t bytes);
void append_random_id(std::string& out, std::size_t bytes);

}  // namespace rollcall::net
