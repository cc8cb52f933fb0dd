#include "load/coordinator.hpp"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "load/measurement.hpp"
#include "load/mode.hpp"
#include "load/process.hpp"
#include "load/progress.hpp"

namespace rollcall::load {
namespace {

constexpr useconds_t kPollUs = 2000;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kQuiet = kSecond / 4;
constexpr unsigned kSpareDescriptors = 500;

Control& share_control() {
  void* memory = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return *new (memory) Control;
}

class Coordinator {
 public:
  explicit Coordinator(Options options)
      : options_(std::move(options)), control_(share_control()), progress_(options_, control_) {}

  int run() {
    choose_processes();
    pin_to(options_.cpus);
    if (!measurement_.before(options_.pids)) {
      control_.fail(
          "no process to measure: is --pid right, and may this user read its /proc/PID/smaps_rollup?");
    } else {
      start_workers();
      lead();
    }
    end_workers();
    const bool ok = !control_.has_failed();
    std::printf("%s\n", measurement_.report(options_, control_).c_str());
    if (!ok) std::fprintf(stderr, "rollcall-load: FAILED: %s\n", control_.failure);
    return ok ? 0 : 1;
  }

 private:
  void choose_processes() {
    const std::uint64_t per_process = raise_descriptor_limit() - kSpareDescriptors;
    const std::uint64_t wanted = std::uint64_t{options_.connections} + options_.online + options_.inflight;
    const auto needed = static_cast<unsigned>((wanted + per_process - 1) / per_process);
    options_.processes = std::clamp(std::max(options_.processes, needed), 1U, kMaxProcesses);
  }

  void start_workers() {
    for (unsigned i = 0; i < options_.processes; ++i) {
      control_.wake[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    }
    for (unsigned i = 0; i < options_.processes; ++i) {
      const pid_t pid = fork();
      if (pid == 0) {
        end_with_parent();
        make_mode(options_, control_, i)->run();
        _exit(0);  // the kernel closes the connections: goodbyes would be broadcast
      }
      workers_.push_back(pid);
    }
  }

  void lead() {
    if (!await("ramp", [this] { return all(&Report::ready); })) return;
    if (!settle()) return;
    measurement_.ready(options_.pids);
    control_.phase = Phase::go;
    wake_workers();
    pause("warm-up", options_.warmup);
    measurement_.begin(options_.pids, workers_, control_);
    control_.phase = Phase::measure;
    pause("measuring", options_.seconds);
    measurement_.end(options_.pids, workers_, control_);
    control_.phase = Phase::stop;
    wake_workers();
  }

  void wake_workers() const {
    const std::uint64_t one = 1;
    for (unsigned i = 0; i < options_.processes; ++i) {
      if (write(control_.wake[i], &one, sizeof one) < 0) continue;  // it is awake already
    }
  }

  bool all(std::atomic<bool> Report::*flag) const {
    return std::all_of(control_.reports.begin(), control_.reports.begin() + options_.processes,
                       [flag](const Report& report) { return (report.*flag).load(); });
  }

  template <typename Condition>
  bool await(const char* what, Condition condition) {
    while (!condition()) {
      if (control_.has_failed() || worker_died()) return false;
      progress_.show(what);
      usleep(kPollUs);
    }
    return true;
  }

  void pause(const char* what, double seconds) {
    const std::uint64_t end = now_ns() + static_cast<std::uint64_t>(seconds * kSecond);
    await(what, [this, end] { return now_ns() >= end || all(&Report::done); });
  }

  // The ramp's broadcasts may still be in flight: measure once the server is quiet.
  bool settle() {
    std::uint64_t quiet = now_ns() + kQuiet;
    std::uint64_t packets = 0;
    const std::uint64_t deadline = now_ns() + 120 * kSecond;
    return await("settling", [&] {
      const std::uint64_t total = control_.total(Count::packets);
      if (total != packets) quiet = now_ns() + kQuiet;
      packets = total;
      return now_ns() > quiet || now_ns() > deadline;
    });
  }

  bool worker_died() {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return false;
    std::erase(workers_, pid);
    control_.fail("a worker ended with status " + std::to_string(status));
    return true;
  }

  void end_workers() {
    for (const pid_t pid : workers_) waitpid(pid, nullptr, 0);
    progress_.clear();
  }

  Options options_;
  Control& control_;
  Progress progress_;
  Measurement measurement_;
  std::vector<pid_t> workers_;
};

}  // namespace

int coordinate(Options options) {
  signal(SIGPIPE, SIG_IGN);
  return Coordinator(std::move(options)).run();
}

}  // namespace rollcall::load
