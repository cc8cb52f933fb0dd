// `rollcall token`: makes a token for trying the server, signed with its secret.
//
// Called by main. Source: docs/protocol.md, "Connecting".
#pragma once

#include <iosfwd>
#include <string>

#include "app/cli.hpp"
#include "rollcall/config.hpp"
#include "rollcall/result.hpp"

namespace rollcall::app {

// Pure. The error says why a server with this configuration would refuse the token, and what to do.
Result<std::string, std::string> make_token(const TokenCommand& command, const AuthSettings& auth,
                                            WallTime now);

// Prints the token and nothing else to `out`. Returns the exit status.
int run_token(const TokenCommand& command, WallTime now, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
