// Sends the changes of presence to the configured webhooks, on a thread of its own. The rules are
// feed::Webhook's, one for each URL; this makes its requests, signs them, and tells the operator what came of
// them.
//
// `wake`, `counts` and `reconfigure` may be called from any thread.
//
// Bounds: one request at a time for each URL, with its body in memory. Ending takes kFarewell at most:
// requests under way may still be answered, what has not been sent is not (at the next start receivers are
// told to take a snapshot).
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapters/http_client.hpp"
#include "feed/source.hpp"
#include "feed/webhook.hpp"
#include "rollcall/config.hpp"

namespace rollcall::adapters {

class WebhookSender {
 public:
  static constexpr milliseconds kFarewell{1000};

  // Starts at once. `source` must outlive this. `name` is what this server calls itself: "rollcall/1.2.3".
  WebhookSender(const WebhookSettings& settings, feed::Source& source, const std::string& name);
  ~WebhookSender();

  // The feed has grown. Costs next to nothing unless the sender waits for that.
  void wake();

  // Goes on with these, once the requests that are under way are over (each takes `timeout` at most).
  // Receivers whose URL stays miss nothing; new ones, and those that had answered 410 Gone, begin as at a
  // start.
  void reconfigure(const WebhookSettings& settings);

  feed::WebhookCounts counts() const;

 private:
  struct Hook {
    Hook(std::string its_url, const std::string& id, const feed::WebhookRules& rules);

    std::size_t index = 0;
    std::string url;
    std::string receiver;  // of the URL what may be logged
    feed::Webhook machine;
    bool under_way = false;
  };

  void run();
  void adopt_settings();
  void set_hooks(const WebhookSettings& settings);
  void begin_requests(Instant now);
  void post(Hook& hook, const feed::Delivery& delivery);
  void finish_requests();
  void report(Hook& hook, const std::string& reason, std::size_t failures);
  milliseconds time_left(Instant now) const;
  void say_goodbye();
  void update_counts();

  std::string secret_;
  feed::Source& source_;
  const std::string name_;
  const std::string start_;  // tells the deliveries of one start from those of another
  std::vector<Hook> hooks_;
  std::size_t hooks_made_ = 0;
  feed::WebhookCounts former_counts_;  // of hooks that are gone
  std::atomic<bool> changing_{false};  // `next_settings_` is to be adopted
  std::mutex settings_mutex_;
  std::optional<WebhookSettings> next_settings_;
  HttpClient client_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> listening_{false};  // a hook has nothing to do until the feed grows
  mutable std::mutex counts_mutex_;
  feed::WebhookCounts counts_;
  std::thread thread_;
};

}  // namespace rollcall::adapters
