// One webhook: decides which request to send next, and when, and handles its outcome.
//
// Driven by adapters::WebhookSender, which makes the requests. Pure: time and chance are arguments. Not
// thread-safe.
//
// Changes are sent in order, one request at a time, each with up to `batch` changes, the first of which has
// waited at most `batch_wait`. A failed request is retried with the same id and body, with exponential
// backoff and jitter, until it is accepted; 410 Gone ends the webhook. If the feed has forgotten changes that
// were still to be sent, the receiver is told to take a snapshot instead (`feed.reset`). The same happens at
// the start, because the receiver's state is of an earlier run. So a receiver always converges to the current
// state.
//
// Bounds: one body of at most kMostBodyBytes and one event; pending changes stay in the feed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "feed/change_list.hpp"
#include "feed/source.hpp"
#include "rollcall/time.hpp"

namespace rollcall::feed {

struct WebhookRules {
  std::size_t batch = 100;
  milliseconds batch_wait{100};
};

struct Delivery {
  std::string id;  // the same for every retry
  std::string body;
  std::size_t changes = 0;
};

struct Outcome {
  enum class Kind { accepted, gone, failed };
  Kind kind = Kind::failed;
  seconds retry_after{0};  // from the receiver's Retry-After
};

// What to log for the operator: changes between failing and working, not each attempt.
enum class Report { nothing, failing, recovered, gone, fell_behind };

// Since the start.
struct WebhookCounts {
  std::uint64_t sent = 0;     // requests accepted
  std::uint64_t failed = 0;   // requests failed
  std::uint64_t retried = 0;  // requests retried
  std::uint64_t dropped = 0;  // changes replaced by a snapshot request

  WebhookCounts& operator+=(const WebhookCounts& other);
  bool operator==(const WebhookCounts&) const = default;
};

class Webhook {
 public:
  static constexpr std::size_t kMostBodyBytes = 1 << 20;
  static constexpr milliseconds kFirstRetry{1000};  // then doubled
  static constexpr milliseconds kLastRetry{60'000};
  static constexpr seconds kMostRetryAfter{600};

  // `name` is the prefix of its delivery ids: unique for each webhook and start.
  Webhook(std::string name, const WebhookRules& rules) : name_(std::move(name)), rules_(rules) {}

  // The request to send now, if there is one. It is valid until `done`, which must be called before the next
  // call of this.
  const Delivery* next(Source& source, Instant now, WallTime wall);
  // `chance` is random from 0 to 1, so that servers do not retry in the same instant.
  void done(const Outcome& outcome, Instant now, double chance);

  // When to call `next` again; nothing: when the feed has grown, if `waits_for_news`, otherwise after
  // `done`, if at all.
  std::optional<Instant> deadline() const { return deadline_; }
  bool waits_for_news() const { return !ended_ && !under_way_ && !delivery_ && !deadline_; }

  // Of the last call of `next` or `done`; returned once.
  Report take_report() { return std::exchange(report_, Report::nothing); }
  const WebhookCounts& counts() const { return counts_; }
  // Applies to requests that are not made yet.
  void set_rules(const WebhookRules& rules) { rules_ = rules; }
  // The receiver answered 410 Gone.
  bool ended() const { return ended_; }
  // Failed attempts since the last success.
  std::size_t failures() const { return failures_; }

 private:
  void fall_behind(std::uint64_t last);
  bool collected(std::uint64_t last, Instant now);
  void make_reset(Source& source, std::uint64_t last, WallTime wall);
  void make_batch(Source& source, WallTime wall);
  std::string new_id();

  std::string name_;
  WebhookRules rules_;
  std::uint64_t taken_ = 0;             // the last change that was delivered or skipped
  const char* reset_reason_ = "start";  // null: none is due
  std::optional<Delivery> delivery_;    // until it is accepted
  bool under_way_ = false;              // it
  bool ended_ = false;
  std::optional<Instant> deadline_;  // of the batch, or of the next attempt
  std::size_t failures_ = 0;
  std::uint64_t deliveries_ = 0;
  ChangeList changes_;  // kept for its memory
  Report report_ = Report::nothing;
  WebhookCounts counts_;
};

}  // namespace rollcall::feed
