// rollcall-guard: lists the guarded paths, or runs one of them for `bench/guard/run.js`, which counts its
// instructions with callgrind, and prints how often it allocated. Each path has its own process, so that none
// changes another's heap.
#include <cstdio>
#include <string_view>

#include "guard/measured.hpp"
#include "guard/paths.hpp"

int main(int argc, char** argv) {
  for (const rollcall::guard::Path& path : rollcall::guard::paths()) {
    if (argc == 1) {
      std::printf("{\"path\":\"%s\",\"count\":%u}\n", path.name, path.operations * path.parts);
    } else if (std::string_view(argv[1]) == path.name) {
      path.run(path.operations, path.parts);
      std::printf("{\"allocated\":%llu}\n", static_cast<unsigned long long>(rollcall::guard::allocated));
      return 0;
    }
  }
  return argc == 1 ? 0 : 2;
}
