#include "app/key_command.hpp"

#include <array>
#include <ostream>

#include "base/base64.hpp"
#include "gateway/http/key_ring.hpp"
#include "net/random.hpp"

namespace rollcall::app {
namespace {
constexpr std::string_view kKeyPrefix = "rck_";  // so that scanners for leaked secrets know it
constexpr std::size_t kKeyBytes = 32;
}  // namespace

std::string key_item(std::string_view name, const calls::Scopes& scopes, std::string_view secret) {
  return calls::to_text({std::string(name), scopes, gateway::sha256(secret)});
}

MadeKey make_key(std::string_view name, const calls::Scopes& scopes, std::string_view random) {
  MadeKey made;
  made.secret = std::string(kKeyPrefix) + base::base64url_encode(random);
  made.item = key_item(name, scopes, made.secret);
  return made;
}

MadeKey make_random_key(std::string_view name, const calls::Scopes& scopes) {
  std::array<char, kKeyBytes> random{};
  net::random_bytes(random);
  return make_key(name, scopes, {random.data(), random.size()});
}

int run_key(const KeyCommand& command, std::ostream& out) {
  const MadeKey made = make_random_key(command.name, command.scopes);
  out << "The key, for the service; it is not shown again:\n  " << made.secret
      << "\nIts item of the list keys in the section [api] (or, with commas, of ROLLCALL_API_KEYS):\n  \""
      << made.item << "\"" << std::endl;
  return out ? kExitOk : kExitFailure;
}

}  // namespace rollcall::app
