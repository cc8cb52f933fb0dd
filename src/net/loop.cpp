#include "net/loop.hpp"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/shrink.hpp"
#include "net/connection.hpp"

namespace rollcall::net {
namespace {

timespec timespec_of(microseconds duration) {
  return {static_cast<time_t>(duration.count() / 1'000'000),
          static_cast<long>(duration.count() % 1'000'000 * 1000)};
}

// The share of a turn that all busy connections get together, which bounds how long they delay others.
constexpr microseconds kBusyShare{4000};
constexpr std::uint32_t kHangUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

Loop::Loop(bool try_io_uring)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      now_(read_clock()),
      turn_ended_(now_),
      timers_(now_),
      read_buffer_(std::make_unique<char[]>(kReadBufferBytes)),
      events_(kMaxEvents),
      batch_(try_io_uring) {
  ROLLCALL_ASSERT(epoll_ >= 0 && event_ >= 0);
  watch(event_, wakeup_, EPOLLIN);
}

Loop::~Loop() {
  dying_ = true;
  for (Connection* connection : std::vector<Connection*>(connections_)) connection->abort();
  finish_turn();
  close(event_);
  close(epoll_);
}

Instant Loop::read_clock() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<microseconds>(since)};
}

WallTime Loop::wall_now() const {
  if (!wall_now_) wall_now_ = read_wall_clock();
  return *wall_now_;
}

WallTime Loop::read_wall_clock() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return WallTime{std::chrono::duration_cast<milliseconds>(since)};
}

void Loop::refresh_now() {
  now_ = read_clock();
  wall_now_.reset();
}

void Loop::run() {
  thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  turn_ended_ = read_clock();
  while (!stopping_.load(std::memory_order_relaxed)) turn(seconds(60));
  finish_turn();
  end_mailbox();
  pulse_.end();
  thread_.store({}, std::memory_order_relaxed);
}

// Tasks may own resources, such as a connection, so they are destroyed here.
void Loop::end_mailbox() {
  std::vector<std::function<void()>> dropped;
  const std::lock_guard lock(mailbox_mutex_);
  ended_ = true;
  dropped.swap(mailbox_);
}

void Loop::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(event_, &one, sizeof one);
}

void Loop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mailbox_mutex_);
    if (ended_) return;
    mailbox_.push_back(std::move(task));
    if (mailbox_.size() > 1) return;  // only the first task in the mailbox wakes the loop
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(event_, &one, sizeof one);
}

void Loop::Wakeup::on_events(std::uint32_t) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = read(loop.event_, &count, sizeof count);
}

// The clock was read at the end of the last turn.
int Loop::wait(milliseconds max_wait) {
  microseconds limit = max_wait;
  if (const auto next = timers_.next()) {
    limit = std::clamp(std::chrono::ceil<microseconds>(*next - turn_ended_), microseconds{0}, limit);
  }
  if (!deferred_.empty() || !dirty_.empty() || !buried_.empty() || !inputs_.empty()) limit = microseconds{0};
  pulse_.wait_until(turn_ended_ + limit);
  if (precise_wait_) {
    const timespec timeout = timespec_of(limit);
    const int count = epoll_pwait2(epoll_, events_.data(), kMaxEvents, &timeout, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    precise_wait_ = false;
  }
  const auto rounded = std::chrono::ceil<milliseconds>(limit).count();
  return epoll_wait(epoll_, events_.data(), kMaxEvents, static_cast<int>(rounded));
}

void Loop::turn(milliseconds max_wait) {
  const int count = wait(max_wait);
  refresh_now();
  pulse_.begin_turn(now_);
  timers_.advance(now_);
  if (count > 0) dispatch({events_.data(), static_cast<std::size_t>(count)});
  if (!inputs_.empty()) serve_busy();
  run_mailbox();
  finish_turn();
  end_turn();
}

void Loop::end_turn() {
  turn_ended_ = read_clock();
  const microseconds took = turn_ended_ - now_;
  counters_.turns.add(took);
  for (const auto& watcher : turn_watchers_) watcher(took);
}

void Loop::dispatch(std::span<epoll_event> events) {
  const auto rank = [](const epoll_event& event) {
    const auto* source = static_cast<const EventSource*>(event.data.ptr);
    if (source->accepts()) return 2;
    return event.events & kHangUp ? 0 : 1;
  };
  // Sources live until the turn ends, so sorting may access them all. Sorting allocates, and most turns are
  // in order already.
  const auto before = [&](const epoll_event& a, const epoll_event& b) { return rank(a) < rank(b); };
  if (!std::is_sorted(events.begin(), events.end(), before)) {
    std::stable_sort(events.begin(), events.end(), before);
  }
  for (const epoll_event& event : events) {
    auto* source = static_cast<EventSource*>(event.data.ptr);
    if (std::find(unwatched_.begin(), unwatched_.end(), source) == unwatched_.end()) {
      source->on_events(event.events);
    }
  }
}

// Round robin: a connection with more input goes to the end of the queue, for this turn or the next.
void Loop::serve_busy() {
  const Instant end = read_clock() + kBusyShare;
  std::size_t left = inputs_.size();
  do {
    Connection* connection = inputs_.front();
    inputs_.pop_front();
    connection->serve_turn();
  } while (--left > 0 && !inputs_.empty() && read_clock() < end);
}

void Loop::run_mailbox() {
  {
    const std::lock_guard lock(mailbox_mutex_);
    running_.swap(mailbox_);
  }
  run_taken();
}

// Deferred tasks may defer others.
void Loop::run_taken() {
  for (auto& task : running_) task();
  base::clear_scratch(running_);
}

void Loop::finish_turn() {
  while (!deferred_.empty() || !dirty_.empty()) {
    running_.swap(deferred_);
    run_taken();
    if (deferred_.empty()) flush();
  }
  burying_.swap(buried_);
  for (Connection* connection : burying_) {
    forget(*connection);
    delete connection;
  }
  burying_.clear();
  unwatched_.clear();
}

void Loop::flush() {
  flushing_.swap(dirty_);
  for (Connection* connection : flushing_) batch_.add(*connection);
  flushing_.clear();
  batch_.send();
  const std::size_t sent = batch_.take_sent_bytes();
  counters_.bytes_sent.add(sent);
  counters_.bytes_waiting.subtract(sent);
}

std::span<char> Loop::plain_buffer() {
  constexpr std::size_t kBytes = TlsStream::plain_room(kReadBufferBytes);
  if (!plain_buffer_) plain_buffer_ = std::make_unique<char[]>(kBytes);
  return {plain_buffer_.get(), kBytes};
}

Connection& Loop::adopt(Channel channel, std::size_t backlog_limit) {
  auto connection = std::make_unique<Connection>(*this, std::move(channel), backlog_limit);
  connection->place_in_loop_ = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(connection.get());
  connection_count_.store(connections_.size(), std::memory_order_relaxed);
  if (!connection->watched()) refuse_unwatched(*connection);
  return *connection.release();
}

// At the end of the turn, when its handler is set and gets `on_closed`.
void Loop::refuse_unwatched(Connection& connection) {
  if (counters_.unwatchable.value() == 0) {
    base::log::error("connection closed at once: the system has no epoll watch left",
                     {{"raise", "fs.epoll.max_user_watches, or the memory of the cgroup"}});
  }
  counters_.unwatchable.add();
  defer([&connection] { connection.abort(); });
}

void Loop::forget(Connection& connection) {
  connections_.back()->place_in_loop_ = connection.place_in_loop_;
  connections_[connection.place_in_loop_] = connections_.back();
  connections_.pop_back();
  connection_count_.store(connections_.size(), std::memory_order_relaxed);
}

void Loop::close_connections() {
  for (Connection* connection : std::vector<Connection*>(connections_)) connection->close_after_flush();
}

bool Loop::try_watch(int descriptor, EventSource& source, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &source;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0) return true;
  ROLLCALL_ASSERT(errno == ENOMEM || errno == ENOSPC);
  return false;
}

void Loop::watch(int descriptor, EventSource& source, std::uint32_t events) {
  if (!try_watch(descriptor, source, events)) {
    throw std::system_error(errno, std::generic_category(),
                            "epoll cannot watch one more descriptor (raise fs.epoll.max_user_watches)");
  }
}

void Loop::rewatch(int descriptor, EventSource& source, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &source;
  ROLLCALL_ASSERT(epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event) == 0);
}

void Loop::unwatch(int descriptor, EventSource& source) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  unwatched_.push_back(&source);
}

void Loop::bury(Connection& connection) {
  buried_.push_back(&connection);
}

}  // namespace rollcall::net
