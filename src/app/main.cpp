// The program: parses the command line and runs the command.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>
#include <string_view>

#include "app/check_config_command.hpp"
#include "app/cli.hpp"
#include "app/describe_command.hpp"
#include "app/key_command.hpp"
#include "app/serve.hpp"
#include "app/token_command.hpp"
#include "app/webhook_command.hpp"

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
  int operator()(const app::WebhookCommand& command) const {
    return app::run_webhook_test(command, std::cout, std::cerr);
  }
  int operator()(const app::DescribeCommand&) const { return app::run_describe(std::cout); }
  int operator()(int exit_status) const { return exit_status; }
};

// A closed standard descriptor (`>&-`) would become the next socket or file, and be written to. It is opened
// in the wrong direction, so that using it is still an error.
void occupy_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // Returns the lowest free descriptor: this one.
    static_cast<void>(open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

// A key or a token that was not delivered must not look like success.
int with_output_written(int exit_status) {
  errno = 0;
  std::cout.flush();
  if (std::cout) return exit_status;
  // If the command flushed, it met the error then, and the stream did not keep it; the next write meets it
  // again.
  constexpr char kNewline = '\n';
  if (errno == 0) static_cast<void>(write(STDOUT_FILENO, &kNewline, 1) == 1);
  std::cerr << "rollcall: stdout cannot be written"
            << (errno != 0 ? std::string(": ") + std::strerror(errno) : std::string()) << "\n";
  return exit_status == app::kExitOk ? app::kExitFailure : exit_status;
}

}  // namespace

// Out of memory (RLIMIT_AS, a full cgroup without an OOM killer): ends the program with one line instead of
// an arbitrary exception's text. Allocates nothing.
[[noreturn]] void out_of_memory() {
  constexpr std::string_view kLine =
      "rollcall: out of memory: raise the limit (RLIMIT_AS, MemoryMax=), or lower limits.memory_bytes\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kLine.data(), kLine.size());
  _exit(app::kExitFailure);
}

int main(int argc, char** argv) {
  std::set_new_handler(out_of_memory);
  occupy_standard_descriptors();
  try {
    return with_output_written(std::visit(Run(), app::parse_command_line(argc, argv, std::cout, std::cerr)));
  } catch (const std::exception& error) {
    std::cerr << "rollcall: " << error.what() << '\n';
    return app::kExitFailure;
  }
}
