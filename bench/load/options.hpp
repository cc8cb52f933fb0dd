// The options of a run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rollcall::load {

struct Options {
  std::string mode;

  // The target, and how to connect.
  std::string target = "127.0.0.1:3000";
  std::string host;  // the two parts of target
  std::uint16_t port = 0;
  std::string path = "/socket.io/";
  std::string nsp = "/ws/messages";
  std::string secret;
  std::string token_in = "auth";  // or query
  std::string dialect = "rollcall";
  bool greeting = true;  // wait for the `connected` event
  bool floor() const { return dialect == "floor"; }

  // How.
  std::vector<pid_t> pids;
  std::vector<unsigned> cpus;
  unsigned sources = 32;
  unsigned processes = 0;  // 0: as few as the descriptor limit allows
  unsigned window = 64;
  double seconds = 5, warmup = 1, patience = 20;
  std::string label;
  std::string salt;  // part of all user ids, so that runs have different users

  // How much of what.
  unsigned connections = 100;
  unsigned per_user = 1;
  unsigned inflight = 1;
  std::string event = "check-user-status";
  unsigned ids = 100;
  unsigned online = 0;
  double rate = 0;
  unsigned users = 200;
  double abrupt = 0.3;
  std::uint64_t grace_ms = 2000;
};

// The options, or an exit status: 0 after --help, 2 after a mistake, which has been explained.
std::variant<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace rollcall::load
