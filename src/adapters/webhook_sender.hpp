// Sends presence changes to the configured webhooks, on its own thread. feed::Webhook (one per URL) has the
// rules; this makes the requests, signs them, and logs the outcome.
//
// `wake`, `counts` and `reconfigure` may be called from any thread.
//
// Bounds: one request in flight per URL, with its body in memory. Ending takes at most kFarewell: requests in
// flight may still be answered; unsent changes are dropped (after the next start receivers are told to take
// a snapshot).
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

  // Starts at once. `source` must outlive this. `name`: the User-Agent, "rollcall/1.2.3".
  WebhookSender(const WebhookSettings& settings, feed::Source& source, const std::string& name);
  ~WebhookSender();

  // The feed has grown. Nearly free unless the sender is waiting for it.
  void wake();

  // Switches to these settings once the requests in flight are over (each takes at most `timeout`). Receivers
  // whose URL stays miss nothing; new ones, and those that had answered 410 Gone, begin as after a start.
  void reconfigure(const WebhookSettings& settings);

  feed::WebhookCounts counts() const;

 private:
  struct Hook {
    Hook(std::string its_url, const std::string& id, const feed::WebhookRules& rules);

    std::size_t index = 0;
    std::string url;
    std::string receiver;  // the part of the URL that may be logged
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
  const std::string start_;  // distinguishes the deliveries of this start from those of others
  std::vector<Hook> hooks_;
  std::size_t hooks_made_ = 0;
  feed::WebhookCounts former_counts_;  // of removed hooks
  std::atomic<bool> changing_{false};  // `next_settings_` waits to be adopted
  std::mutex settings_mutex_;
  std::optional<WebhookSettings> next_settings_;
  HttpClient client_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> listening_{false};  // some hook is idle until the feed grows
  mutable std::mutex counts_mutex_;
  feed::WebhookCounts counts_;
  std::thread thread_;
};

}  // namespace rollcall::adapters
