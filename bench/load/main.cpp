// rollcall-load: a load generator for presence servers that measures and checks. See --help and
// bench/README.md.
#include "load/coordinator.hpp"
#include "load/options.hpp"

int main(int argc, char** argv) {
  auto parsed = rollcall::load::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  return rollcall::load::coordinate(std::move(std::get<rollcall::load::Options>(parsed)));
}
