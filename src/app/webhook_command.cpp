#include "app/webhook_command.hpp"

#include <algorithm>
#include <ostream>

#include "adapters/signature.hpp"
#include "app/config_loader.hpp"
#include "app/setting_rules.hpp"
#include "base/iso8601.hpp"
#include "net/loop.hpp"
#include "net/random.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kIdBytes = 9;
constexpr std::size_t kSecretBytes = 32;  // config_checks asks for as many
constexpr const char* kName = "rollcall/" ROLLCALL_VERSION;

std::string hint(unsigned status) {
  if (status == 401 || status == 403)
    return ": it does not believe the signature: has it the same webhooks.secret, and checks the body as it "
           "came?";
  if (status == 404 || status == 405) return ": is the path right, and takes it POST?";
  if (status == 410) return ": it wants no more; the server would stop sending to it";
  if (status == 413) return ": its limit for a request is too small, even for one event";
  if (status >= 300 && status < 400) return ": redirects are not followed; give the URL that it leads to";
  if (status >= 500) return ": look into the receiver's log";
  return "";
}

adapters::HttpResult send(adapters::HttpClient& client, const std::string& url, const std::string& secret) {
  const WallTime wall = net::Loop::read_wall_clock();
  const std::string body = test_event(wall);
  const auto at = std::chrono::floor<seconds>(wall.time_since_epoch());
  client.post(0, url,
              {"Content-Type: application/json", "Rollcall-Delivery: test-" + net::random_id(kIdBytes),
               "Rollcall-Signature: " + adapters::signature(secret, at.count(), body)},
              body);
  for (;;) {
    if (const auto answer = client.take_answer()) return *answer;
    client.wait(milliseconds(1000));
  }
}

}  // namespace

std::string test_event(WallTime now) {
  return R"({"events":[{"type":"webhook.test","timestamp":")" + base::iso8601(now) + R"("}]})";
}

bool accepted(const adapters::HttpResult& answer) {
  return answer.status >= 200 && answer.status < 300;
}

std::string verdict(const adapters::HttpResult& answer, milliseconds took) {
  const std::string after = " after " + std::to_string(took.count()) + " ms";
  if (answer.status == 0) return "failed" + after + ": " + answer.reason;
  const std::string status = "answered " + std::to_string(answer.status) + after;
  return accepted(answer) ? "ok: " + status : "failed: " + status + hint(answer.status);
}

int test_webhooks(const WebhookSettings& settings, std::ostream& out) {
  adapters::HttpClient client({settings.timeout, settings.ca_file, kName}, 1);
  bool good = true;
  for (const std::string& url : settings.urls) {
    const Instant begun = net::Loop::read_clock();
    const auto answer = send(client, url, settings.secret);
    const auto took = std::chrono::duration_cast<milliseconds>(net::Loop::read_clock() - begun);
    good = good && accepted(answer);
    out << url << ": " << verdict(answer, took) << std::endl;
  }
  return good && out ? kExitOk : kExitFailure;
}

int run_webhook_test(const WebhookCommand& command, std::ostream& out, std::ostream& err) {
  // Works without keys for tokens.
  auto config = read_config(
      {.config_file = command.config_file, .env_file = command.env_file, .listen = {}, .dev = true});
  if (!config) {
    err << to_text(config.error());
    return kExitBadConfig;
  }
  WebhookSettings& settings = config->webhooks;
  if (command.url) {
    if (!is_webhook_url(*command.url)) {
      err << "--url must be a URL such as https://backend.example/presence, without user, password or #\n";
      return kExitBadConfig;
    }
    settings.urls = {*command.url};
  }
  if (settings.urls.empty()) {
    err << "There is no receiver: set webhooks.urls, name the server's file with --config FILE, or give "
           "--url URL.\n";
    return kExitBadConfig;
  }
  if (settings.secret.size() < kSecretBytes) {
    err << "webhooks.secret, which signs the event, must be set and at least " << kSecretBytes
        << " bytes long: ROLLCALL_WEBHOOKS_SECRET, or name the server's files with --config FILE and "
           "--env-file "
           "FILE.\n";
    return kExitBadConfig;
  }
  return test_webhooks(settings, out);
}

}  // namespace rollcall::app
