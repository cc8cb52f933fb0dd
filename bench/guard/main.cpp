// rollcall-guard: names the guarded paths, or runs one of them for `bench/guard/run.js`, which counts its
// instructions by callgrind. A process each: then no path changes the heap that another finds.
#include <cstdio>
#include <string_view>

#include "guard/paths.hpp"

int main(int argc, char** argv) {
  for (const rollcall::guard::Path& path : rollcall::guard::paths()) {
    if (argc == 1) {
      std::printf("{\"path\":\"%s\",\"count\":%u}\n", path.name, path.operations * path.parts);
    } else if (std::string_view(argv[1]) == path.name) {
      path.run(path.operations, path.parts);
      return 0;
    }
  }
  return argc == 1 ? 0 : 2;
}
