// `rollcall webhook test`: one signed event to each receiver, to see that it is reached and believes the
// signature.
//
// Called by main. Needs no running server. Spec: docs/feed-and-webhooks.md.
#pragma once

#include <iosfwd>
#include <string>

#include "adapters/http_client.hpp"
#include "app/cli.hpp"
#include "rollcall/config.hpp"

namespace rollcall::app {

// What is sent: an event that says nothing of anybody, without a cursor, which receivers might keep.
std::string test_event(WallTime now);

// What an answer means, and what to do about it. Pure.
std::string verdict(const adapters::HttpResult& answer, milliseconds took);
bool accepted(const adapters::HttpResult& answer);

// Sends to `command.url`, or else to all of webhooks.urls, one after the other, and prints what came of each
// to `out`. Returns the exit status: 0 if all accepted it.
int run_webhook_test(const WebhookCommand& command, std::ostream& out, std::ostream& err);
int test_webhooks(const WebhookSettings& settings, std::ostream& out);

}  // namespace rollcall::app
