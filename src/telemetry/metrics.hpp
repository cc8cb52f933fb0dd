// The metrics of the program, as Prometheus reads them. What each is good for: docs/operating.md.
//
// Pure: a sample in, text out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "feed/webhook.hpp"
#include "gateway/http/http_api.hpp"
#include "gateway/presence_gateway.hpp"
#include "server/crew/figures.hpp"
#include "telemetry/process.hpp"

namespace rollcall::telemetry {

// What came of reloads since the start.
struct ReloadFigures {
  std::uint64_t applied = 0;
  std::uint64_t refused = 0;                 // for a mistake: everything stayed as it was
  bool good = true;                          // the last one
  std::optional<WallTime> certificate_ends;  // of the certificate in use; none: no TLS
};

// All figures there are, read at about one moment.
struct Sample {
  gateway::About about;
  server::Figures server;
  gateway::PresenceFigures presence;
  std::size_t feed_readers = 0;
  feed::WebhookCounts webhooks;
  ReloadFigures reloads;
  ProcessFigures process;
  std::uint64_t log_lines_lost = 0;
};

std::string metrics_text(const Sample& sample);

}  // namespace rollcall::telemetry
