// What is measured at each number of people.
#pragma once

#include <cstddef>

#include "load/json_line.hpp"
#include "million/crowd.hpp"

namespace rollcall::million {

struct Plan {
  std::size_t users = 1'000'000;
  std::size_t watched = 10;
  std::size_t changes_per_second = 1000;
  std::size_t queries_per_second = 10'000;
  std::size_t seconds = 5;  // of all of that together
};

class Steps {
 public:
  Steps(Crowd& crowd, const Plan& plan);

  // Grows to this many people and measures; false if any check failed.
  bool step(std::size_t people);

 private:
  // The server's CPU time in microseconds, per one of `count`.
  template <typename Work>
  double each(std::size_t count, Work&& work);
  void expect(const char* what, std::uint64_t got, std::uint64_t wanted);

  void grow(load::JsonLine& line, std::size_t people);
  void heartbeats(load::JsonLine& line);
  void changes(load::JsonLine& line);
  void queries(load::JsonLine& line);
  void all_together(load::JsonLine& line);

  Crowd& crowd_;
  Plan plan_;
  std::size_t rss_at_start_;
  std::size_t heap_at_start_;
  std::string failure_;
};

}  // namespace rollcall::million
