// Preloaded into a server: reports how much of its heap is in use, and how long the allocator was locked to
// find out.
//
// SIGRTMIN writes a line of JSON to $ROLLCALL_HEAP_WATCH; so does each call of malloc_trim and mallinfo2 by
// the program.
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>

#include <chrono>
#include <cstdio>

#include "base/signal_mask.hpp"

namespace {

namespace base = rollcall::base;

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

struct mallinfo2 heap_now() {
  static const auto call = real<struct mallinfo2 (*)()>("mallinfo2");
  return call();
}

void write_line(const char* format, auto... values) {
  static FILE* const file = [] {
    const char* name = getenv("ROLLCALL_HEAP_WATCH");
    return name ? fopen(name, "a") : stderr;
  }();
  std::fprintf(file, format, values...);
  std::fflush(file);
}

template <typename Work>
auto timed(const char* name, Work&& work) {
  const auto before = std::chrono::steady_clock::now();
  const auto result = work();
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before);
  write_line("{\"call\":\"%s\",\"us\":%ld}\n", name, static_cast<long>(us.count()));
  return result;
}

void* answer(void*) {
  const sigset_t set = base::signal_set(SIGRTMIN);
  for (int signal = 0; sigwait(&set, &signal) == 0;) {
    const auto heap = heap_now();
    write_line("{\"in_use\":%zu,\"free\":%zu}\n", heap.uordblks + heap.hblkhd, heap.fordblks);
  }
  return nullptr;
}

// Before any other thread starts, so that all threads inherit the blocked signal.
[[gnu::constructor]] void begin() {
  base::block_signals(base::signal_set(SIGRTMIN));
  pthread_t thread{};
  pthread_create(&thread, nullptr, answer, nullptr);
}

}  // namespace

extern "C" {

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system's is __pad
int malloc_trim(size_t keep) noexcept {
  static const auto call = real<int (*)(size_t)>("malloc_trim");
  return timed("malloc_trim", [&] { return call(keep); });
}

struct mallinfo2 mallinfo2() noexcept {
  return timed("mallinfo2", heap_now);
}
}
