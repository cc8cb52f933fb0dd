// One webhook: which request is to be made next, and when; what follows from its outcome.
//
// Driven by adapters::WebhookSender, which makes the requests. Pure: time and chance are arguments. Not
// thread-safe.
//
// The rules: changes go out in order, one request at a time, each with up to `batch` of them, the first of
// which has waited `batch_wait` at most. A request that fails is made again, with the same id and body, later
// and later, until it is accepted; 410 Gone ends the webhook. If the feed has meanwhile forgotten changes
// that are still to be sent, the receiver is told to take a snapshot instead (`feed.reset`), and so it is at
// the start: what it knows is of an earlier one. So a receiver that hears nothing else is never wrong for
// good.
//
// Bounds: one body of at most kMostBodyBytes and one event; what waits behind it stays in the feed.
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
  std::string id;  // the same whenever it is made again
  std::string body;
  std::size_t changes = 0;
};

struct Outcome {
  enum class Kind { accepted, gone, failed };
  Kind kind = Kind::failed;
  seconds retry_after{0};  // the receiver's wish
};

// What the operator should hear of: turns for the worse or better, not each attempt.
enum class Report { nothing, failing, recovered, gone, fell_behind };

// Since the start.
struct WebhookCounts {
  std::uint64_t sent = 0;     // requests accepted
  std::uint64_t failed = 0;   // requests made in vain
  std::uint64_t retried = 0;  // requests made again
  std::uint64_t dropped = 0;  // changes that a receiver was not told of, but to take a snapshot

  WebhookCounts& operator+=(const WebhookCounts& other);
  bool operator==(const WebhookCounts&) const = default;
};

class Webhook {
 public:
  static constexpr std::size_t kMostBodyBytes = 1 << 20;
  static constexpr milliseconds kFirstRetry{1000};  // then doubled
  static constexpr milliseconds kLastRetry{60'000};
  static constexpr seconds kMostRetryAfter{600};

  // `name` begins the ids of its deliveries: another one for each webhook and start.
  Webhook(std::string name, const WebhookRules& rules) : name_(std::move(name)), rules_(rules) {}

  // The request to be made now, if there is one. Then `done` must come before it is asked again. Good until
  // then.
  const Delivery* next(Source& source, Instant now, WallTime wall);
  // `chance` is from 0 to 1, so that not all servers come back in the same instant.
  void done(const Outcome& outcome, Instant now, double chance);

  // When to ask for the next request; nothing: when the feed has grown, if `waits_for_news`, or else after
  // `done`, if at all.
  std::optional<Instant> deadline() const { return deadline_; }
  bool waits_for_news() const { return !ended_ && !under_way_ && !delivery_ && !deadline_; }

  // Of the last call of `next` or `done`; told once.
  Report take_report() { return std::exchange(report_, Report::nothing); }
  const WebhookCounts& counts() const { return counts_; }
  // For requests that are not made yet.
  void set_rules(const WebhookRules& rules) { rules_ = rules; }
  // Its receiver wants no more: 410 Gone.
  bool ended() const { return ended_; }
  // Attempts in vain since it worked last.
  std::size_t failures() const { return failures_; }

 private:
  void fall_behind(std::uint64_t last);
  bool collected(std::uint64_t last, Instant now);
  void make_reset(Source& source, std::uint64_t last, WallTime wall);
  void make_batch(Source& source, WallTime wall);
  std::string new_id();

  std::string name_;
  WebhookRules rules_;
  std::uint64_t taken_ = 0;             // the last change that was put into a delivery, or need not be
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
