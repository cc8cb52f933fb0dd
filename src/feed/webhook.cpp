#include "feed/webhook.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "feed/texts.hpp"

namespace rollcall::feed {
namespace {

// Equal jitter: half of the wait is fixed.
microseconds retry_delay(std::size_t failures, seconds wish, double chance) {
  milliseconds most = Webhook::kFirstRetry;
  for (std::size_t i = 1; i < failures && most < Webhook::kLastRetry; ++i) most *= 2;
  most = std::min(most, Webhook::kLastRetry);
  const auto half = std::chrono::duration_cast<microseconds>(most) / 2;
  const auto random = microseconds(static_cast<std::int64_t>(static_cast<double>(half.count()) * chance));
  return std::max<microseconds>(half + random, std::clamp(wish, seconds(0), Webhook::kMostRetryAfter));
}

std::string wrapped(const std::string& cursor, const std::string& events) {
  return "{\"cursor\":\"" + cursor + "\",\"events\":[" + events + "]}";
}

}  // namespace

WebhookCounts& WebhookCounts::operator+=(const WebhookCounts& other) {
  sent += other.sent;
  failed += other.failed;
  retried += other.retried;
  dropped += other.dropped;
  return *this;
}

const Delivery* Webhook::next(Source& source, Instant now, WallTime wall) {
  ROLLCALL_ASSERT(!under_way_);
  if (ended_ || (delivery_ && now < *deadline_)) return nullptr;
  const Source::Available available = source.after(taken_);
  if (!available.whole) fall_behind(available.last);
  if (delivery_) {
    ++counts_.retried;
  } else if (reset_reason_) {
    make_reset(source, available.last, wall);
  } else if (collected(available.last, now)) {
    make_batch(source, wall);
  } else {
    return nullptr;
  }
  deadline_.reset();
  under_way_ = true;
  return &*delivery_;
}

// The receiver has to take a snapshot, so the pending delivery is useless too.
void Webhook::fall_behind(std::uint64_t last) {
  const bool told = delivery_ && delivery_->changes == 0;
  if (!told) report_ = Report::fell_behind;
  counts_.dropped += last - taken_ + (delivery_ ? delivery_->changes : 0);
  delivery_.reset();
  reset_reason_ = kFellBehind;
}

bool Webhook::collected(std::uint64_t last, Instant now) {
  const std::uint64_t waiting = last - taken_;
  if (waiting == 0) return false;
  if (!deadline_) deadline_ = now + rules_.batch_wait;
  return waiting >= rules_.batch || now >= *deadline_;
}

void Webhook::make_reset(Source& source, std::uint64_t last, WallTime wall) {
  const std::string cursor = source.cursor(last);
  std::string event;
  append_webhook_reset(event, cursor, std::exchange(reset_reason_, nullptr), source.settling(), wall);
  taken_ = last;
  delivery_ = Delivery{new_id(), wrapped(cursor, event), 0};
}

void Webhook::make_batch(Source& source, WallTime wall) {
  changes_.clear();
  const Source::Available available = source.read(taken_, rules_.batch, changes_);
  if (!available.whole) {  // more changes were forgotten since the check
    fall_behind(available.last);
    make_reset(source, available.last, wall);
    return;
  }
  std::string events;
  std::size_t taken = 0;
  for (; taken < changes_.size() && events.size() < kMostBodyBytes; ++taken) {
    if (taken > 0) events += ',';
    append_webhook_event(events, source.cursor(taken_ + taken + 1), changes_[taken]);
  }
  taken_ += taken;
  delivery_ = Delivery{new_id(), wrapped(source.cursor(taken_), events), taken};
}

std::string Webhook::new_id() {
  return name_ + "-" + std::to_string(++deliveries_);
}

void Webhook::done(const Outcome& outcome, Instant now, double chance) {
  ROLLCALL_ASSERT(std::exchange(under_way_, false));
  if (outcome.kind == Outcome::Kind::accepted) {
    ++counts_.sent;
    if (std::exchange(failures_, 0) > 0) report_ = Report::recovered;
    delivery_.reset();
    return;
  }
  ++counts_.failed;
  if (outcome.kind == Outcome::Kind::gone) {
    ended_ = true;
    delivery_.reset();
    report_ = Report::gone;
    return;
  }
  if (++failures_ == 1) report_ = Report::failing;
  deadline_ = now + retry_delay(failures_, outcome.retry_after, chance);
}

}  // namespace rollcall::feed
