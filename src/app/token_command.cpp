#include "app/token_command.hpp"

#include <algorithm>
#include <ostream>

#include "app/config_loader.hpp"
#include "rollcall/tokens.hpp"

namespace rollcall::app {
namespace {

constexpr const char* kAlgorithm = "HS256";

}  // namespace

Result<std::string, std::string> make_token(const TokenCommand& command, const AuthSettings& auth,
                                            WallTime now) {
  const auto& algorithms = auth.algorithms;
  if (std::find(algorithms.begin(), algorithms.end(), kAlgorithm) == algorithms.end()) {
    return fail(
        std::string("The server would refuse the token: auth.algorithms does not list HS256, the only "
                    "algorithm that tokens are made with here. Ask whoever holds the private key for one."));
  }
  if (auth.jwt_secret.empty()) {
    return fail(
        std::string("There is no secret to sign the token with. Set JWT_SECRET in the environment to the "
                    "secret that the server has, or name the server's file with --config FILE."));
  }
  if (!auth.issuer.empty() || !auth.audience.empty()) {
    return fail(
        std::string("The server would refuse the token: auth.issuer or auth.audience is set, and tokens "
                    "made here have neither an issuer nor an audience."));
  }
  // A token may have fractions of a second, but not every library reads them.
  const WallTime issued_at = std::chrono::floor<seconds>(now);
  Claims claims = command.claims;
  claims.expires_at = issued_at + command.ttl;
  return sign_hs256(claims, auth.jwt_secret, issued_at);
}

int run_token(const TokenCommand& command, WallTime now, std::ostream& out, std::ostream& err) {
  // make_token asks for keys itself, with better advice.
  const auto config = read_config(
      {.config_file = command.config_file, .env_file = command.env_file, .listen = {}, .dev = true});
  if (!config) {
    err << to_text(config.error());
    return kExitBadConfig;
  }
  const auto token = make_token(command, config->auth, now);
  if (!token) {
    err << token.error() << '\n';
    return kExitBadConfig;
  }
  out << *token << std::endl;
  return out ? kExitOk : kExitFailure;
}

}  // namespace rollcall::app
