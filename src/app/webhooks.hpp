// The program's webhooks: created when the configuration first names some, at the start or at a reload.
//
// Constructed before the server runs. Call `start` once it is open; `reconfigure` and `counts` may be called
// from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "adapters/webhook_sender.hpp"
#include "gateway/feed_source.hpp"
#include "gateway/presence_gateway.hpp"
#include "rollcall/config.hpp"

namespace rollcall::app {

class Webhooks {
 public:
  explicit Webhooks(gateway::PresenceGateway& gateway);

  void reconfigure(const WebhookSettings& settings);
  feed::WebhookCounts counts() const;

 private:
  gateway::FeedSource feed_;
  mutable std::mutex mutex_;
  std::unique_ptr<adapters::WebhookSender> sender_;         // once made, it stays
  std::atomic<adapters::WebhookSender*> to_wake_{nullptr};  // the same, for the thread that grows the feed
};

}  // namespace rollcall::app
