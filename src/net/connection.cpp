#include "net/connection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "net/send_batch.hpp"

namespace rollcall::net {
namespace {
constexpr std::uint32_t kInput = EPOLLIN | EPOLLRDHUP;
constexpr std::uint32_t kHangUp = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::size_t kJoinBytes = 64 * 1024;  // small frames are coalesced up to this size, in one send
constexpr seconds kLinger{2};
constexpr seconds kDrain{30};  // for the last bytes to leave
// The share of a turn that one connection gets. 4 KiB of the smallest requests take about half a millisecond;
// input that is cheaper to process, such as a long body, may go on in the same turn.
constexpr std::size_t kFirstRead = 4 * 1024;
constexpr std::size_t kNextRead = 16 * 1024;
constexpr std::size_t kShareBytes = 256 * 1024;
constexpr microseconds kShareTime{100};
constexpr std::size_t kTimedBytes = 1024;  // below this, reading a clock is not worth it
}  // namespace

// Ends a connection whose peer does not close in time.
class Connection::Linger final : public base::Timer {
 public:
  Linger(Connection& connection, milliseconds limit) : connection_(connection) {
    connection.loop().timers().arm(*this, connection.loop().now() + limit);
  }

 private:
  void on_timer(Instant) override { connection_.close(CloseCause::local); }
  Connection& connection_;
};

Connection::Connection(Loop& loop, Channel channel, std::size_t backlog_limit)
    : loop_(loop),
      tls_(std::move(channel.tls)),
      descriptor_(channel.take_descriptor()),
      backlog_limit_(static_cast<std::uint32_t>(std::min<std::size_t>(backlog_limit, UINT32_MAX))),
      peer_(channel.peer),
      state_(State::open),
      dirty_(false),
      overflowing_(false),
      watching_output_(false),
      ended_(false),
      reports_sent_(false),
      busy_(tls_ != nullptr),  // a handshake costs more than most shares
      queued_(false),
      paused_(false),
      resumed_(false),
      deaf_(false),
      counted_(channel.counted),
      watched_(loop_.try_watch(descriptor_, *this, kInput)) {
  if (tls_ && tls_->has_output()) {
    loop_.count().bytes_waiting.add(tls_->output().size());
    mark_dirty();
  }
  if (!channel.unsent.empty()) queue(base::Frame::make({}, {channel.unsent}, false));
}

Connection::~Connection() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Connection::send(base::FrameRef frame) {
  if (state_ == State::open && !overflowing_ && !frame->wire().empty()) queue(std::move(frame));
}

void Connection::queue(base::FrameRef frame) {
  loop_.count().bytes_waiting.add(frame->wire().size());
  queue_.push(std::move(frame));
  mark_dirty();
  if (backlog() > backlog_limit_) relieve();
}

// One turn may produce far more than the limit: a few bytes of input can ask for megabytes. So the kernel
// gets as much as it accepts before the flush; closing waits for the flush, as the caller still uses the
// connection.
void Connection::relieve() {
  ssize_t sent = 0;
  while (has_output() && sent >= 0) {
    if (tls_ && !tls_->has_output()) seal(queue_.front().substr(0, kJoinBytes), {});
    const std::string_view bytes = tls_ ? tls_->output() : queue_.front();
    sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) continue;
    consume(static_cast<std::size_t>(sent));
    loop_.count().bytes_sent.add(static_cast<std::size_t>(sent));
    loop_.count().bytes_waiting.subtract(static_cast<std::size_t>(sent));
  }
  overflowing_ = backlog() > backlog_limit_;  // if it is broken, the flush notices too
}

void Connection::mark_dirty() {
  if (dirty_) return;
  dirty_ = true;
  loop_.queue_flush(*this);
}

void Connection::close_after_flush() {
  if (state_ != State::open) return;
  state_ = State::flushing;
  paused_ = false;  // input is read and discarded: unread input would reset the connection
  if (deaf_) listen_again();
  linger_ = std::make_unique<Linger>(*this, kDrain);
  mark_dirty();
}

bool Connection::has_output() const {
  if (!tls_) return !queue_.empty();
  return tls_->has_output() || (tls_->ready() && !queue_.empty());
}

std::string_view Connection::next_output(SendBatch& batch) {
  if (state_ == State::closed || !has_output()) return {};
  if (tls_) return next_tls_output(batch);
  const std::size_t joined = queue_.joinable(kJoinBytes);
  if (joined == 0) return queue_.front();
  char* place = batch.stage(joined);
  if (!place) return {};
  queue_.copy(place, joined);
  return {place, joined};
}

std::string_view Connection::next_tls_output(SendBatch& batch) {
  if (tls_->has_output()) return tls_->output();
  constexpr std::size_t kRoom = TlsStream::sealed_room(kJoinBytes);
  char* room = batch.stage(kRoom);
  if (!room) return {};
  std::string_view plain = queue_.front().substr(0, kJoinBytes);
  if (const std::size_t joined = queue_.joinable(kJoinBytes); joined > 0) {
    const std::span<char> together = loop_.plain_buffer();
    queue_.copy(together.data(), joined);
    plain = {together.data(), joined};
  }
  seal(plain, {room, kRoom});
  batch.unstage(kRoom - tls_->output().size());
  return tls_->output();
}

// Encrypts what is at the front of the queue, or was put together of it.
void Connection::seal(std::string_view plain, std::span<char> room) {
  recount([&] {
    tls_->seal(plain, room);
    queue_.consume(plain.size());
  });
}

// Encryption, and records that TLS sends by itself, change how much waits to be sent.
template <typename Change>
void Connection::recount(Change&& change) {
  const std::size_t before = unsent();
  change();
  loop_.count().bytes_waiting.add(unsent());
  loop_.count().bytes_waiting.subtract(before);
}

void Connection::sent(long result, std::size_t asked) {
  dirty_ = false;
  if (state_ == State::closed || state_ == State::lingering) return;
  if (result < 0 && result != -EAGAIN && result != -EWOULDBLOCK) {
    close(CloseCause::error);
    return;
  }
  if (overflowing_) {
    close(CloseCause::overflow);
    return;
  }
  if (tls_ && tls_->failed() && state_ == State::open) {
    close(CloseCause::error);
    return;
  }
  if (!has_output()) {
    watch_output(false);
    if (state_ == State::flushing) finish_flushing();
    if (reports_sent_ && unsent() == 0) {
      reports_sent_ = false;
      if (handler_) handler_->on_sent();
    }
    return;
  }
  if (result == static_cast<long>(asked)) {
    mark_dirty();  // the rest may fit too
    return;
  }
  watch_output(true);
  if (backlog() > backlog_limit_) close(CloseCause::overflow);
}

void Connection::watch_output(bool wanted) {
  if (watching_output_ == wanted) return;
  watching_output_ = wanted;
  rewatch();
}

void Connection::rewatch() {
  if (!watched_) return;  // it is closed at the end of the turn
  const std::uint32_t input = ended_ ? 0U : deaf_ ? std::uint32_t{EPOLLRDHUP} : kInput;
  loop_.rewatch(descriptor_, *this, input | (watching_output_ ? EPOLLOUT : 0U));
}

void Connection::listen_again() {
  deaf_ = false;
  rewatch();
}

void Connection::on_events(std::uint32_t events) {
  if (state_ == State::closed) return;
  if (events & (kHangUp | EPOLLIN)) take_input(events);
  if (state_ != State::closed && events & EPOLLOUT) mark_dirty();
}

void Connection::take_input(std::uint32_t events) {
  const bool hung_up = events & kHangUp;
  if (paused_) {
    if (events & (EPOLLHUP | EPOLLERR)) {
      close(CloseCause::error);
    } else if (hung_up) {
      take_end();
    } else if (!deaf_) {
      deaf_ = true;  // EPOLLIN is disabled only when input arrives: most pauses are over by then
      rewatch();
    }
    return;
  }
  if (busy_) {
    queue_input();
  } else if (!queued_) {
    read_some(hung_up);
  }
}

void Connection::queue_input() {
  if (queued_) return;
  queued_ = true;
  loop_.queue_input(*this);
}

void Connection::resume() {
  if (state_ == State::closed) return;
  paused_ = false;  // though it was resumed before, and paused again, in between
  if (resumed_) return;
  resumed_ = true;
  queue_input();
}

void Connection::serve_turn() {
  queued_ = false;
  if (resumed_) {
    resumed_ = false;
    if (handler_) handler_->on_resume();
    if (state_ == State::closed || queued_) return;
  }
  if (paused_) return;
  if (deaf_) listen_again();
  read_some(true);
}

// After a hang-up, reads to EOF if that is near, so the end is known before other connections are read. The
// clock is read only where a share may have been expensive.
void Connection::read_some(bool hung_up) {
  std::size_t asked = kFirstRead;
  std::size_t taken = 0;
  std::optional<Instant> begun;
  busy_ = false;
  while (state_ != State::closed && !ended_ && !paused_ && !queued_) {
    const std::span<char> buffer = loop_.read_buffer().first(asked);
    const ssize_t got = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) {
      if (got == 0) {
        take_end();
      } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        close(CloseCause::error);
      }
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    if (!begun && (size >= kTimedBytes || tls_)) begun = Loop::read_clock();
    loop_.count().bytes_received.add(size);
    take_bytes(buffer.first(size));
    taken += size;
    busy_ = (begun && Loop::read_clock() - *begun > kShareTime) || taken >= kShareBytes;
    if (busy_ || (!hung_up && size < asked)) return;  // emptied, in all likelihood
    asked = kNextRead;
  }
}

void Connection::take_bytes(std::span<char> bytes) {
  if (state_ == State::flushing || state_ == State::lingering) return;  // read only to be thrown away
  if (!tls_) {
    handler_->on_bytes(bytes);
    return;
  }
  const std::span<char> plain = loop_.plain_buffer();
  TlsStream::Fed fed;
  recount([&] { fed = tls_->feed(bytes, plain); });
  if (has_output()) mark_dirty();
  if (fed.plain > 0) {
    handler_->on_bytes(plain.first(fed.plain));
    if (state_ == State::closed) return;
  }
  if (!fed.good && state_ == State::open) {
    close_after_flush();  // an alert may be on its way out
    handler_->on_end();
  } else if (tls_->ended() && state_ == State::open) {
    take_end();
  }
}

void Connection::take_end() {
  if (ended_) return;
  ended_ = true;
  if (state_ == State::lingering || state_ == State::flushing) {
    if (!has_output()) {
      close(CloseCause::peer);
      return;
    }
  } else {
    handler_->on_end();
    if (state_ == State::open) close_after_flush();
  }
  if (state_ != State::closed) rewatch();  // epoll would report RDHUP in every turn
}

void Connection::finish_flushing() {
  bool goodbye = false;
  if (tls_) recount([&] { goodbye = tls_->say_goodbye(); });
  goodbye ? mark_dirty() : begin_linger();
}

void Connection::begin_linger() {
  state_ = State::lingering;
  if (ended_) {
    close(CloseCause::peer);
    return;
  }
  shutdown(descriptor_, SHUT_WR);
  linger_ = std::make_unique<Linger>(*this, kLinger);
}

// The object lives until the turn ends: its callers are still on the stack.
void Connection::leave_loop() {
  state_ = State::closed;
  loop_.count().bytes_waiting.subtract(unsent());
  linger_.reset();
  if (queued_) loop_.forget_input(*this);
  loop_.bury(*this);
}

std::optional<Channel> Connection::release() {
  if (state_ != State::open || ended_) return std::nullopt;
  // In the next loop it is one frame and does not count towards the limit, or it could grow from loop to
  // loop.
  if (queue_.bytes() > backlog_limit_) relieve();
  if (overflowing_ || queue_.bytes() > backlog_limit_) {
    close(CloseCause::overflow);
    return std::nullopt;
  }
  loop_.unwatch(descriptor_, *this);
  leave_loop();
  Channel channel(std::exchange(descriptor_, -1));
  channel.peer = peer_;
  channel.counted = counted_;
  channel.unsent.resize(queue_.bytes());
  queue_.copy(channel.unsent.data(), channel.unsent.size());
  queue_.clear();
  channel.tls = std::move(tls_);
  handler_ = nullptr;
  return channel;
}

void Connection::close(CloseCause cause) {
  if (state_ == State::closed) return;
  ::close(descriptor_);
  loop_.closed(*this);
  leave_loop();
  descriptor_ = -1;
  if (ConnectionHandler* handler = std::exchange(handler_, nullptr)) handler->on_closed(cause);
}

}  // namespace rollcall::net
