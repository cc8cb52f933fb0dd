// The program: parses the command line and runs the command.
#include <chrono>
#include <exception>
#include <iostream>

#include "app/check_config_command.hpp"
#include "app/cli.hpp"
#include "app/key_command.hpp"
#include "app/serve.hpp"
#include "app/token_command.hpp"

namespace {

using namespace rollcall;

WallTime now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return WallTime{std::chrono::duration_cast<milliseconds>(since_epoch)};
}

struct Run {
  int operator()(const app::ServeCommand& command) const { return app::serve(command); }
  int operator()(const app::TokenCommand& command) const {
    return app::run_token(command, now(), std::cout, std::cerr);
  }
  int operator()(const app::CheckConfigCommand& command) const {
    return app::run_check_config(command, std::cout, std::cerr);
  }
  int operator()(const app::KeyCommand& command) const { return app::run_key(command, std::cout); }
  int operator()(int exit_status) const { return exit_status; }
};

}  // namespace

int main(int argc, char** argv) {
  try {
    return std::visit(Run(), app::parse_command_line(argc, argv, std::cout, std::cerr));
  } catch (const std::exception& error) {
    std::cerr << "rollcall: " << error.what() << '\n';
    return app::kExitFailure;
  }
}
