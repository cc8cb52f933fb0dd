#include "adapters/webhook_sender.hpp"

#include <algorithm>

#include "adapters/signature.hpp"
#include "base/log.hpp"
#include "net/loop.hpp"
#include "net/random.hpp"
#include "net/thread.hpp"

namespace rollcall::adapters {
namespace {

namespace log = base::log;
using feed::Outcome;
using feed::Report;

constexpr milliseconds kLongest{60'000};
constexpr std::size_t kStartIdBytes = 9;  // distinguishes the deliveries of this start from those of others

// Scheme, host and port only: paths and queries may hold secrets.
std::string receiver_of(const std::string& url) {
  const std::size_t host = url.find("://");
  return url.substr(0, url.find_first_of("/?", host == std::string::npos ? 0 : host + 3));
}

Outcome outcome_of(const HttpResult& answer) {
  const bool accepted = answer.status >= 200 && answer.status < 300;
  const auto kind = accepted               ? Outcome::Kind::accepted
                    : answer.status == 410 ? Outcome::Kind::gone
                                           : Outcome::Kind::failed;
  return {kind, answer.retry_after};
}

double chance() {
  unsigned char byte[2];
  net::random_bytes({reinterpret_cast<char*>(byte), sizeof byte});
  return (byte[0] * 256 + byte[1]) / 65535.0;
}

}  // namespace

WebhookSender::Hook::Hook(std::string its_url, const std::string& id, const feed::WebhookRules& rules)
    : url(std::move(its_url)), receiver(receiver_of(url)), machine(id, rules) {}

WebhookSender::WebhookSender(const WebhookSettings& settings, feed::Source& source, const std::string& name)
    : secret_(settings.secret),
      source_(source),
      name_(name),
      start_(net::random_id(kStartIdBytes)),
      client_({settings.timeout, settings.ca_file, name}, settings.urls.size()) {
  set_hooks(settings);
  thread_ = net::start_thread_without_signals("the webhook sender", [this] { run(); });
}

WebhookSender::~WebhookSender() {
  stopping_ = true;
  client_.wake();
  thread_.join();
}

// Hooks whose URL stays are kept, with their pending changes.
void WebhookSender::set_hooks(const WebhookSettings& settings) {
  const feed::WebhookRules rules{settings.batch, settings.batch_wait};
  std::vector<Hook> former = std::exchange(hooks_, {});
  for (const std::string& url : settings.urls) {
    const auto kept = std::find_if(former.begin(), former.end(), [&](const Hook& hook) {
      return hook.url == url && !hook.machine.ended();
    });
    if (kept != former.end()) {
      hooks_.push_back(std::move(*kept));
      former.erase(kept);
      hooks_.back().machine.set_rules(rules);
    } else {
      hooks_.emplace_back(url, start_ + "-" + std::to_string(++hooks_made_), rules);
    }
    hooks_.back().index = hooks_.size() - 1;
  }
  for (const Hook& hook : former) former_counts_ += hook.machine.counts();
}

void WebhookSender::reconfigure(const WebhookSettings& settings) {
  {
    const std::lock_guard lock(settings_mutex_);
    next_settings_ = settings;
  }
  changing_ = true;
  client_.wake();
}

void WebhookSender::adopt_settings() {
  if (client_.under_way() > 0) return;
  std::optional<WebhookSettings> next;
  {
    const std::lock_guard lock(settings_mutex_);
    changing_ = false;
    next = std::exchange(next_settings_, std::nullopt);
  }
  if (!next) return;
  secret_ = next->secret;
  set_hooks(*next);
  client_.reset({next->timeout, next->ca_file, name_}, hooks_.size());
}

void WebhookSender::wake() {
  if (listening_.exchange(false)) client_.wake();
}

feed::WebhookCounts WebhookSender::counts() const {
  const std::lock_guard lock(counts_mutex_);
  return counts_;
}

void WebhookSender::run() {
  while (!stopping_) {
    if (changing_) adopt_settings();
    const Instant now = net::Loop::read_clock();
    if (!changing_) begin_requests(now);  // else requests in flight must end first
    client_.wait(changing_ ? kLongest : time_left(now));
    finish_requests();
    update_counts();
  }
  say_goodbye();
}

// Set `listening_` before reading the feed, so that growth in between is not missed.
void WebhookSender::begin_requests(Instant now) {
  listening_ = true;
  bool listening = false;
  for (Hook& hook : hooks_) {
    if (hook.under_way) continue;
    const feed::Delivery* delivery = hook.machine.next(source_, now, net::Loop::read_wall_clock());
    report(hook, "", 0);
    if (delivery) post(hook, *delivery);
    listening = listening || hook.machine.waits_for_news();
  }
  if (!listening) listening_ = false;
}

void WebhookSender::post(Hook& hook, const feed::Delivery& delivery) {
  const auto now = std::chrono::floor<seconds>(net::Loop::read_wall_clock().time_since_epoch());
  hook.under_way = true;
  client_.post(hook.index, hook.url,
               {"Content-Type: application/json", "Rollcall-Delivery: " + delivery.id,
                "Rollcall-Signature: " + signature(secret_, now.count(), delivery.body)},
               delivery.body);
}

void WebhookSender::finish_requests() {
  while (const auto answer = client_.take_answer()) {
    Hook& hook = hooks_[answer->slot];
    const std::size_t failures = hook.machine.failures();
    hook.under_way = false;
    hook.machine.done(outcome_of(*answer), net::Loop::read_clock(), chance());
    const std::string reason =
        answer->status > 0 ? "answered " + std::to_string(answer->status) : answer->reason;
    if (hook.machine.failures() > 1) {
      log::debug("webhook failed again",
                 {{"webhook", hook.index + 1}, {"receiver", hook.receiver}, {"reason", reason}});
    }
    report(hook, reason, failures);
  }
}

void WebhookSender::report(Hook& hook, const std::string& reason, std::size_t failures) {
  const log::Field number("webhook", hook.index + 1), receiver("receiver", hook.receiver);
  switch (hook.machine.take_report()) {
    case Report::nothing:
      break;
    case Report::failing:
      log::warn("webhook failing: it will be retried until it works", {number, receiver, {"reason", reason}});
      break;
    case Report::recovered:
      log::info("webhook works again", {number, receiver, {"failed_attempts", failures}});
      break;
    case Report::gone:
      log::warn("webhook ended until the next start or reload: its receiver answered 410 Gone",
                {number, receiver});
      break;
    case Report::fell_behind:
      log::warn("webhook fell behind: its receiver will be told to take a snapshot", {number, receiver});
      break;
  }
}

milliseconds WebhookSender::time_left(Instant now) const {
  milliseconds least = kLongest;
  for (const Hook& hook : hooks_) {
    if (hook.under_way || !hook.machine.deadline()) continue;
    least = std::min(least, std::chrono::ceil<milliseconds>(*hook.machine.deadline() - now));
  }
  return std::max(least, milliseconds(0));
}

void WebhookSender::say_goodbye() {
  const Instant end = net::Loop::read_clock() + kFarewell;
  while (client_.under_way() > 0) {
    const Instant now = net::Loop::read_clock();
    if (now >= end) break;
    client_.wait(std::chrono::ceil<milliseconds>(end - now));
    finish_requests();
  }
  update_counts();
}

void WebhookSender::update_counts() {
  feed::WebhookCounts counts = former_counts_;
  for (const Hook& hook : hooks_) counts += hook.machine.counts();
  const std::lock_guard lock(counts_mutex_);
  counts_ = counts;
}

}  // namespace rollcall::adapters
