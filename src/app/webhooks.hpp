// The webhooks of the program: none, until the configuration names some, at the start or at a reload.
//
// Made before the server runs. `start` is for when it is open; `reconfigure` and `counts` may be called from
// any thread.
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
  std::atomic<adapters::WebhookSender*> to_wake_{nullptr};  // it, for whoever tells that the feed has grown
};

}  // namespace rollcall::app
