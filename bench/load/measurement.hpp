// Measures the server and the workers between two instants, and formats the result line.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "load/control.hpp"
#include "load/json_line.hpp"
#include "load/options.hpp"
#include "load/process.hpp"

namespace rollcall::load {

class Measurement {
 public:
  bool before(const std::vector<pid_t>& server);  // false: no such process
  void ready(const std::vector<pid_t>& server);   // all connections are up
  void begin(const std::vector<pid_t>& server, const std::vector<pid_t>& workers, const Control& control);
  void end(const std::vector<pid_t>& server, const std::vector<pid_t>& workers, const Control& control);

  std::string report(const Options& options, const Control& control) const;

 private:
  static constexpr std::size_t kCounts = static_cast<std::size_t>(Count::size_);

  struct Sample {
    std::uint64_t at_ns = 0, server_ns = 0;
    std::vector<std::uint64_t> workers_ns;
    std::array<std::uint64_t, kCounts> counts{};
  };

  static Sample sample(const std::vector<pid_t>& server, const std::vector<pid_t>& workers,
                       const Control& control);
  std::uint64_t counted(Count count) const;
  std::uint64_t units(const Options& options) const;
  JsonLine server(const Options& options) const;
  JsonLine own() const;

  Memory memory_before_, memory_ready_, memory_end_;
  std::uint64_t server_before_ns_ = 0, server_ready_ns_ = 0;
  Sample begin_, end_;
};

}  // namespace rollcall::load
