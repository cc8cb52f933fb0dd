// The server's calls that the linker redirects here (--wrap, in CMakeLists.txt) instead of the C library. For
// other descriptors the real kernel is asked. A call that is missing here fails there with EBADF.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#include <cerrno>
#include <chrono>
#include <cstdint>

#include "sham/kernel.hpp"

using rollcall::sham::Kernel;
using std::chrono::steady_clock;
using std::chrono::system_clock;

namespace {

constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15;
constexpr std::chrono::seconds kUptime{1000};          // of the machine at the program's start
constexpr std::chrono::seconds kEpoch{1'800'000'000};  // and the date then

// splitmix64: the same distinct ids in every run.
std::uint64_t next_random() {
  static std::uint64_t state = kSeed;
  std::uint64_t z = state += kSeed;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void tell_address(int descriptor, sockaddr* address, socklen_t* size) {
  if (!address) return;
  auto& v4 = *reinterpret_cast<sockaddr_in*>(address);
  v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x0A000000U | (static_cast<std::uint32_t>(descriptor) & 0xFFFFFFU));
  *size = sizeof v4;
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the linker chooses these names (--wrap)
extern "C" {

int __real_listen(int, int);
int __real_accept4(int, sockaddr*, socklen_t*, int);
int __real_epoll_ctl(int, int, int, epoll_event*);
int __real_epoll_wait(int, epoll_event*, int, int);
ssize_t __real_recv(int, void*, size_t, int);
ssize_t __real_send(int, const void*, size_t, int);
int __real_shutdown(int, int);
int __real_setsockopt(int, int, int, const void*, socklen_t);
int __real_close(int);
int __real_getrlimit(int, rlimit*);

int __wrap_listen(int descriptor, int queue) {
  Kernel::get().listens(descriptor);
  return __real_listen(descriptor, queue);
}

int __wrap_accept4(int listener, sockaddr* address, socklen_t* size, int flags) {
  if (!Kernel::get().is_listener(listener)) return __real_accept4(listener, address, size, flags);
  const int descriptor = Kernel::get().accept();
  if (descriptor >= 0) tell_address(descriptor, address, size);
  return descriptor;
}

int __wrap_epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) {
  if (Kernel::owns(descriptor)) {
    Kernel::get().watch(descriptor, operation, event);
    return 0;
  }
  if (Kernel::get().is_listener(descriptor)) {
    const bool wanted = operation != EPOLL_CTL_DEL && event->events;
    Kernel::get().watch_listener(wanted ? event->data.u64 : 0, wanted);
  }
  return __real_epoll_ctl(epoll, operation, descriptor, event);
}

// Never waits: time passes only when the program moves the clock.
int __wrap_epoll_wait(int epoll, epoll_event* events, int max, int) {
  const int count = Kernel::get().ready({events, static_cast<std::size_t>(max)});
  return count > 0 ? count : __real_epoll_wait(epoll, events, max, 0);
}

int __wrap_epoll_pwait2(int epoll, epoll_event* events, int max, const timespec*, const void*) {
  return __wrap_epoll_wait(epoll, events, max, 0);
}

ssize_t __wrap_recv(int descriptor, void* out, size_t bytes, int flags) {
  if (!Kernel::owns(descriptor)) return __real_recv(descriptor, out, bytes, flags);
  return Kernel::get().receive(descriptor, static_cast<char*>(out), bytes);
}

ssize_t __wrap_send(int descriptor, const void* bytes, size_t size, int flags) {
  if (!Kernel::owns(descriptor)) return __real_send(descriptor, bytes, size, flags);
  return Kernel::get().send(descriptor, {static_cast<const char*>(bytes), size});
}

int __wrap_shutdown(int descriptor, int how) {
  if (!Kernel::owns(descriptor)) return __real_shutdown(descriptor, how);
  Kernel::get().shut_down(descriptor);
  return 0;
}

int __wrap_setsockopt(int descriptor, int level, int name, const void* value, socklen_t size) {
  return Kernel::owns(descriptor) ? 0 : __real_setsockopt(descriptor, level, name, value, size);
}

int __wrap_close(int descriptor) {
  if (!Kernel::owns(descriptor)) return __real_close(descriptor);
  Kernel::get().close(descriptor);
  return 0;
}

// Sham connections need no descriptors: the server must not refuse people for want of them.
int __wrap_getrlimit(int resource, rlimit* limit) {
  if (resource != RLIMIT_NOFILE) return __real_getrlimit(resource, limit);
  *limit = {RLIM_INFINITY, RLIM_INFINITY};
  return 0;
}

ssize_t __wrap_getrandom(void* out, size_t bytes, unsigned) {
  for (size_t i = 0; i < bytes; ++i) static_cast<unsigned char*>(out)[i] = next_random() & 0xFF;
  return static_cast<ssize_t>(bytes);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)

// std::chrono::steady_clock::now() and system_clock::now(), by the names that the linker knows.
steady_clock::time_point steady_now() __asm__("__wrap__ZNSt6chrono3_V212steady_clock3nowEv");
system_clock::time_point system_now() __asm__("__wrap__ZNSt6chrono3_V212system_clock3nowEv");

steady_clock::time_point steady_now() {
  return steady_clock::time_point(kUptime + Kernel::get().elapsed());
}
system_clock::time_point system_now() {
  return system_clock::time_point(kEpoch + Kernel::get().elapsed());
}
