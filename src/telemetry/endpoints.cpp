#include "telemetry/endpoints.hpp"

#include "base/log.hpp"
#include "gateway/http/answers.hpp"
#include "server/crew/readiness.hpp"

namespace rollcall::telemetry {
namespace {

HttpAnswer healthz(const HttpRequest&) {
  return {200, "text/plain; charset=utf-8", "ok\n", {{"cache-control", "no-store"}}};
}

HttpAnswer readyz(Server& server) {
  server::Readiness readiness = server::readiness_of(server::figures_of(server));
  if (readiness.ready) return gateway::json_answer(R"({"ready":true})");
  return gateway::problem_answer({503, readiness.code, std::move(readiness.detail)});
}

}  // namespace

Endpoints::Endpoints(Server& server, const gateway::PresenceGateway& gateway, gateway::HttpApi& api,
                     std::function<feed::WebhookCounts()> webhooks, std::function<ReloadFigures()> reloads,
                     bool key_needed)
    : server_(server),
      gateway_(gateway),
      api_(api),
      webhooks_(std::move(webhooks)),
      reloads_(std::move(reloads)),
      scraper_([this] { return metrics(); }) {
  server.handle_http("GET", "/healthz", healthz);
  server.handle_http("GET", "/readyz", [&server](const HttpRequest&) { return readyz(server); });
  const HttpHandler scrape = [this](HttpRequest&, HttpReply reply) { scraper_.answer(std::move(reply)); };
  if (key_needed) {
    api.route({"GET", "/metrics", calls::Scope::read, "metrics"}, scrape);
  } else {
    server.handle_http("GET", "/metrics", scrape);
  }
}

std::string Endpoints::metrics() const {
  Sample sample;
  sample.about = api_.about();
  sample.server = server::figures_of(server_);
  sample.presence = gateway_.figures();
  sample.feed_readers = api_.feed_readers();
  sample.webhooks = webhooks_();
  sample.reloads = reloads_();
  sample.process = read_process();
  sample.log_lines_lost = base::log::lines_lost();
  return metrics_text(sample);
}

}  // namespace rollcall::telemetry
