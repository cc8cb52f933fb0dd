// A TestSource behind a lock, for tests with threads.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "feed/test_source.hpp"

namespace rollcall::feed::test {

// As the hub's: filled by one thread, read by others.
class SharedSource final : public GuardedSource<SharedSource> {
 public:
  explicit SharedSource(std::size_t limit = 1000) : source_(limit) {}

  template <typename Use>
  auto with(Use&& use) {
    const std::lock_guard lock(mutex_);
    return use(source_);
  }
  template <typename Use>
  auto with_ring(Use&& use) {
    return with([&](TestSource& source) { return source.with_ring(use); });
  }
  std::string cursor(std::uint64_t number) const override { return source_.cursor(number); }
  presence::OnlinePage page(std::size_t most, const std::optional<std::string>& after) override {
    return with([&](TestSource& source) { return source.page(most, after); });
  }
  std::size_t online_count() override {
    return with([](TestSource& source) { return source.online_count(); });
  }
  milliseconds settling() const override { return milliseconds{0}; }

 private:
  std::mutex mutex_;
  TestSource source_;
};

}  // namespace rollcall::feed::test
