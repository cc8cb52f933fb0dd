// `rollcall webhook test`: sends a signed test event to each receiver, to check that it can be reached and
// accepts the signature.
//
// Called by main. Needs no running server. Spec: docs/feed-and-webhooks.md.
#pragma once

#include <iosfwd>
#include <string>

#include "adapters/http_client.hpp"
#include "app/cli.hpp"
#include "rollcall/config.hpp"

namespace rollcall::app {

// The test event: about no user, and without a cursor, which receivers might store.
std::string test_event(WallTime now);

// Explains an answer, and what to do about it. Pure.
std::string verdict(const adapters::HttpResult& answer, milliseconds took);
bool accepted(const adapters::HttpResult& answer);

// Sends to `command.url`, or to each of webhooks.urls in turn, and prints each outcome to `out`. Returns the
// exit status: 0 if all accepted it.
int run_webhook_test(const WebhookCommand& command, std::ostream& out, std::ostream& err);
int test_webhooks(const WebhookSettings& settings, std::ostream& out);

}  // namespace rollcall::app
