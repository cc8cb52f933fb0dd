#include "telemetry/scraper.hpp"

#include <utility>

#include "server/shared/thread.hpp"
#include "telemetry/exposition.hpp"

namespace rollcall::telemetry {

Scraper::Scraper(std::function<std::string()> gather) : gather_(std::move(gather)) {
  thread_ = server::start_thread_without_signals("the scraper", [this] { run(); });
}

Scraper::~Scraper() {
  stop();
  thread_.join();
}

void Scraper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
}

void Scraper::answer(HttpReply reply) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(reply));
  }
  changed_.notify_one();
}

void Scraper::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    std::vector<HttpReply> asked;
    asked.swap(waiting_);
    lock.unlock();
    const std::string text = gather_();
    for (const HttpReply& reply : asked)
      reply.answer({200, kExpositionType, text, {{"cache-control", "no-store"}}});
    asked.clear();
    lock.lock();
    changed_.wait_for(lock, kLeastInterval, [&] { return stopping_; });
  }
}

}  // namespace rollcall::telemetry
