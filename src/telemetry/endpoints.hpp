// The routes by which the program is watched: /healthz (it answers), /readyz (it should be sent clients),
// /metrics (figures for Prometheus).
#pragma once

#include <functional>

#include "feed/webhook.hpp"
#include "gateway/http/http_api.hpp"
#include "gateway/presence_gateway.hpp"
#include "rollcall/server.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/scraper.hpp"

namespace rollcall::telemetry {

class Endpoints {
 public:
  // All must outlive this, and this the server's `run`. `webhooks` and `reloads` are called on another
  // thread. `key_needed`: /metrics is for those with a key of the API; else for everyone.
  Endpoints(Server& server, const gateway::PresenceGateway& gateway, gateway::HttpApi& api,
            std::function<feed::WebhookCounts()> webhooks, std::function<ReloadFigures()> reloads,
            bool key_needed);

 private:
  std::string metrics() const;

  Server& server_;
  const gateway::PresenceGateway& gateway_;
  const gateway::HttpApi& api_;
  std::function<feed::WebhookCounts()> webhooks_;
  std::function<ReloadFigures()> reloads_;
  Scraper scraper_;
};

}  // namespace rollcall::telemetry
