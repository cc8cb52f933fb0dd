// Gathers figures on a thread of its own, so that neither reading them nor writing them down keeps a worker
// from its clients. Those who ask at the same time get the same text.
//
// `answer` may be called from any thread. Bounds: at most 50 times a second are figures gathered, however
// often they are asked for; what waits is one reply for each connection that asks.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "rollcall/http.hpp"
#include "rollcall/time.hpp"

namespace rollcall::telemetry {

class Scraper {
 public:
  static constexpr milliseconds kLeastInterval{20};

  // `gather` is called on its thread, which begins at once.
  explicit Scraper(std::function<std::string()> gather);
  ~Scraper();  // stops
  Scraper(const Scraper&) = delete;
  Scraper& operator=(const Scraper&) = delete;

  // Soon, with figures from after this call.
  void answer(HttpReply reply);
  // Stops gathering: requests that wait get 500.
  void stop();

 private:
  void run();

  std::function<std::string()> gather_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HttpReply> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace rollcall::telemetry
