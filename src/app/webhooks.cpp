#include "app/webhooks.hpp"

#include "base/log.hpp"

namespace rollcall::app {

Webhooks::Webhooks(gateway::PresenceGateway& gateway) : feed_(gateway.presence()) {
  gateway.on_feed([this] {
    if (auto* sender = to_wake_.load(std::memory_order_acquire)) sender->wake();
  });
}

void Webhooks::reconfigure(const WebhookSettings& settings) {
  const std::lock_guard lock(mutex_);
  if (!sender_ && settings.urls.empty()) return;
  if (sender_) {
    sender_->reconfigure(settings);
  } else {
    sender_ = std::make_unique<adapters::WebhookSender>(settings, feed_, "rollcall/" ROLLCALL_VERSION);
    to_wake_.store(sender_.get(), std::memory_order_release);
  }
  base::log::info("webhooks", {{"receivers", settings.urls.size()}});
}

feed::WebhookCounts Webhooks::counts() const {
  const std::lock_guard lock(mutex_);
  return sender_ ? sender_->counts() : feed::WebhookCounts();
}

}  // namespace rollcall::app
