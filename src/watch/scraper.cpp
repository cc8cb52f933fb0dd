#include "watch/scraper.hpp"

#include <pthread.h>
#include <signal.h>

#include <utility>

#include "watch/exposition.hpp"

namespace rollcall::watch {

Scraper::Scraper(std::function<std::string()> gather) : gather_(std::move(gather)) {
  // Signals are the server's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
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

}  // namespace rollcall::watch
