#include "net/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/base64.hpp"

namespace rollcall::net {

void random_bytes(std::span<char> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    ROLLCALL_ASSERT(got > 0);  // the kernel promises it for small requests
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void append_random_id(std::string& out, std::size_t bytes) {
  // One system call serves many ids: handshakes are frequent.
  thread_local std::vector<char> pool;
  if (pool.size() < bytes) {
    pool.resize(bytes > 4080 ? bytes : 4080);
    random_bytes(pool);
  }
  base::append_base64url(out, {pool.data() + pool.size() - bytes, bytes});
  pool.resize(pool.size() - bytes);
}

std::string random_id(std::size_t bytes) {
  std::string id;
  append_random_id(id, bytes);
  return id;
}

}  // namespace rollcall::net
