#include "million/crowd.hpp"

#include <time.h>

#include <algorithm>

#include "base/assert.hpp"
#include "load/frames.hpp"
#include "load/packets.hpp"
#include "sham/kernel.hpp"
#include "sham/person.hpp"

namespace rollcall::million {
namespace {

constexpr std::size_t kAtOnce = 256;

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace

Crowd::Crowd(sham::Host& host, std::size_t most_people, std::size_t watched)
    : host_(host), watched_(watched), pong_(sham::pong_frame()) {
  descriptors_.assign(most_people, -1);
  sham::Kernel::get().reserve(most_people + kAtOnce);
}

void Crowd::turns(bool until_quiet) {
  const double before = cpu_seconds();
  if (until_quiet) {
    host_.settle();
  } else {
    host_.turn();
  }
  server_seconds_ += cpu_seconds() - before;
  hear();
}

void Crowd::hear() {
  sham::Kernel::get().take_sent([this](int descriptor, std::string_view bytes) { hear(descriptor, bytes); });
}

void Crowd::hear(int descriptor, std::string_view bytes) {
  ++totals_.sends;
  totals_.bytes += bytes.size();
  if (bytes.starts_with("HTTP/1.1 101")) bytes.remove_prefix(bytes.find("\r\n\r\n") + 4);
  load::ServerFrame frame{};
  load::Taken taken{};
  while ((taken = load::take_frame(bytes, frame)) == load::Taken::frame) {
    ++totals_.frames;
    if (frame.opcode == load::Opcode::text) {
      hear_packet(descriptor, frame.payload);
    } else {
      ++totals_.faults;
    }
  }
  if (taken == load::Taken::broken || !bytes.empty()) ++totals_.faults;
}

void Crowd::hear_packet(int descriptor, std::string_view text) {
  const load::Packet packet = load::read_packet(text, sham::kNamespace);
  switch (packet.kind) {
    case load::PacketKind::ping:
      ++totals_.pings;
      sham::Kernel::get().write(descriptor, pong_);
      return;
    case load::PacketKind::event:
      if (load::read_change(packet.body)) {
        ++totals_.changes;
      } else if (packet.body.starts_with("[\"connected\"")) {
        ++totals_.greetings;
      } else if (load::is_aside(packet.body)) {
        ++totals_.others;
      } else {
        ++totals_.faults;
      }
      return;
    case load::PacketKind::ack:
      ++(packet.body.find("\"status\":\"ok\"") == std::string_view::npos ? totals_.faults : totals_.answers);
      return;
    case load::PacketKind::open:
    case load::PacketKind::joined:
      ++totals_.others;
      return;
    default:
      ++totals_.faults;
  }
}

// They connect spread over a ping interval, so that their pings are spread too. The others' cost in the
// meantime is not counted.
void Crowd::grow_to(std::size_t people) {
  const std::size_t before = std::exchange(people_, people);
  const std::size_t batches = (people - before + kAtOnce - 1) / kAtOnce;
  for (std::size_t first = before; first < people; first += kAtOnce) {
    join(first, std::min(people, first + kAtOnce), 1);
    const double keep = server_seconds_;
    pass(kPingInterval / batches);
    server_seconds_ = keep;
  }
}

void Crowd::join(std::size_t from, std::size_t to, std::size_t stride) {
  sham::Kernel& kernel = sham::Kernel::get();
  const std::string upgrade = sham::upgrade_request();
  for (std::size_t first = from; first < to; first += kAtOnce * stride) {
    const std::size_t end = std::min(to, first + kAtOnce * stride);
    for (std::size_t i = first; i < end; i += stride) {
      descriptors_[i] = kernel.dial();
      kernel.write(descriptors_[i], upgrade);
    }
    turns(true);
    for (std::size_t i = first; i < end; i += stride) {
      kernel.write(descriptors_[i], sham::connect_frame(sham::token_of(sham::user_name(i))));
    }
    turns(true);
  }
}

std::string Crowd::watch_frame(std::size_t person) const {
  std::string ids;
  for (std::size_t i = 1; i <= watched_; ++i) {
    ids += (i > 1 ? ",\"" : "\"") + sham::user_name((person + i) % people_) + "\"";
  }
  return sham::event_frame(1, sham::ask_json("subscribe-presence", R"({"userIds":[)" + ids + "]}"));
}

void Crowd::watch(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (descriptors_[i] >= 0) sham::Kernel::get().write(descriptors_[i], watch_frame(i));
    if ((i - from) % kAtOnce == kAtOnce - 1 || i + 1 == to) turns(true);
  }
}

// Every n-th person changes: far enough apart that none of them watches another.
void Crowd::leave(std::size_t count) {
  ROLLCALL_ASSERT(away_ == 0 && count <= changers());
  if (first_away_ + count > changers()) first_away_ = 0;
  away_ = count;
  for (std::size_t i = 0; i < count; ++i) {
    int& descriptor = descriptors_[(first_away_ + i) * watched_ * 2 + watched_];
    sham::Kernel::get().write(descriptor, sham::goodbye_frame());
    sham::Kernel::get().hang_up(std::exchange(descriptor, -1));
    if (i % kAtOnce == kAtOnce - 1 || i + 1 == count) turns(true);
  }
}

void Crowd::come_back() {
  const std::size_t stride = watched_ * 2;
  join(first_away_ * stride + watched_, (first_away_ + away_) * stride + watched_, stride);
  first_away_ += std::exchange(away_, 0);
}

void Crowd::ask(std::size_t count, const std::function<std::string(std::size_t)>& question) {
  for (std::size_t i = 0; i < count; ++i) {
    // Far apart in memory, as in reality.
    std::size_t person = ++asked_ * 7919 % people_;
    if (descriptors_[person] < 0) person = 0;  // who never goes away
    sham::Kernel::get().write(descriptors_[person], sham::event_frame(asked_, question(asked_)));
    if (i % kAtOnce == kAtOnce - 1 || i + 1 == count) turns(true);
  }
}

void Crowd::ask(std::size_t count) {
  ask(count, [this](std::size_t number) {
    const std::string whom = sham::user_name(number * 104'729 % people_);
    return sham::ask_json("check-user-status", R"({"userId":")" + whom + R"("})");
  });
}

void Crowd::ask_lists(std::size_t count) {
  ask(count, [](std::size_t) { return sham::ask_json("get-online-users", R"({"limit":100})"); });
}

// Advances from one timer to the next, as the loop would sleep.
void Crowd::pass(milliseconds time) {
  const Instant end = host_.loop().now() + time;
  while (host_.loop().now() < end) {
    const Instant now = host_.loop().now();
    const Instant next = std::min(end, host_.loop().timers().next().value_or(end));
    sham::Kernel::get().advance(std::max<microseconds>(next - now, milliseconds(1)));
    turns(false);
  }
  turns(true);
}

}  // namespace rollcall::million
