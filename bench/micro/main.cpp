// rollcall-micro: what each part costs by itself, and the whole server without its sockets.
#include <benchmark/benchmark.h>

BENCHMARK_MAIN();
