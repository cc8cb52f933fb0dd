#include "net/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "net/tls.hpp"

namespace rollcall::net {
namespace {
constexpr std::uint32_t kInput = EPOLLIN | EPOLLRDHUP;
constexpr std::size_t kMaxPieces = 64;  // of one system call
constexpr seconds kLinger{2};
constexpr seconds kDrain{30};      // for the last bytes to leave
constexpr int kMaxReadsATurn = 8;  // a fast sender must not starve the others
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

Connection::Connection(Loop& loop, int descriptor, std::size_t backlog_limit, std::string address,
                       std::unique_ptr<TlsStream> tls)
    : loop_(loop),
      backlog_limit_(backlog_limit),
      address_(std::move(address)),
      tls_(std::move(tls)),
      descriptor_(descriptor) {
  loop_.watch(descriptor_, *this, kInput);
}

Connection::~Connection() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string_view Connection::bytes_of(const Piece& piece) {
  if (const auto* frame = std::get_if<base::FrameRef>(&piece)) return (*frame)->wire();
  return std::get<std::string>(piece);
}

void Connection::send(base::FrameRef frame) {
  if (state_ != State::open || overflowing_ || frame->wire().empty()) return;
  if (tls_) {
    send(std::string(frame->wire()));
    return;
  }
  const std::size_t size = frame->wire().size();
  queue(std::move(frame), size);
}

void Connection::send(std::string bytes) {
  if (state_ != State::open || overflowing_ || bytes.empty()) return;
  if (tls_) {
    tls_->write(bytes);
    bytes = tls_->take_output();
    if (bytes.empty()) return;  // the handshake is not over; it leaves with the first flight after it
  }
  const std::size_t size = bytes.size();
  queue(std::move(bytes), size);
}

// A turn may make much more than the limit: what a few bytes of input ask for can be megabytes. It must not
// pile up until the flush; but closing has to wait for it, as the caller is in the middle of something.
void Connection::queue(Piece piece, std::size_t size) {
  queued_bytes_ += size;
  queue_.emplace_back(std::move(piece));
  mark_dirty();
  if (backlog() <= backlog_limit_) return;
  write_some();  // should it fail, so will the flush
  overflowing_ = backlog() > backlog_limit_;
}

void Connection::mark_dirty() {
  if (dirty_) return;
  dirty_ = true;
  loop_.queue_flush(*this);
}

std::size_t Connection::backlog() const {
  if (queue_.size() <= first_) return 0;
  return queued_bytes_ - (bytes_of(queue_[first_]).size() - offset_);
}

void Connection::close_after_flush() {
  if (state_ != State::open) return;
  if (tls_) {
    tls_->shutdown();
    if (std::string last = tls_->take_output(); !last.empty()) {
      queued_bytes_ += last.size();
      queue_.emplace_back(std::move(last));
    }
  }
  state_ = State::flushing;
  linger_ = std::make_unique<Linger>(*this, kDrain);
  mark_dirty();
}

void Connection::flush() {
  dirty_ = false;
  if (state_ == State::closed || state_ == State::lingering) return;
  if (!write_some()) {
    close(CloseCause::error);
    return;
  }
  if (overflowing_ || backlog() > backlog_limit_) {
    close(CloseCause::overflow);
    return;
  }
  if (queue_.size() > first_) {
    watch_output(true);
    return;
  }
  watch_output(false);
  if (state_ == State::flushing) begin_linger();
}

// False if the connection is broken.
bool Connection::write_some() {
  while (queue_.size() > first_) {
    iovec pieces[kMaxPieces];
    std::size_t count = 0;
    for (std::size_t i = first_; i < queue_.size() && count < kMaxPieces; ++i) {
      std::string_view bytes = bytes_of(queue_[i]);
      if (i == first_) bytes.remove_prefix(offset_);
      pieces[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    const ssize_t written = sendmsg(descriptor_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    consume(static_cast<std::size_t>(written));
  }
  return true;
}

void Connection::consume(std::size_t written) {
  queued_bytes_ -= written;
  while (written > 0) {
    const std::size_t left = bytes_of(queue_[first_]).size() - offset_;
    if (written < left) {
      offset_ += written;
      break;
    }
    written -= left;
    offset_ = 0;
    queue_[first_++] = std::string();
  }
  if (first_ == queue_.size()) {
    // An idle connection holds no memory for output.
    std::vector<Piece>().swap(queue_);
    first_ = 0;
  } else if (first_ >= 64 && first_ * 2 >= queue_.size()) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void Connection::watch_output(bool wanted) {
  if (watching_output_ == wanted) return;
  watching_output_ = wanted;
  loop_.rewatch(descriptor_, *this, ended_ ? (wanted ? EPOLLOUT : 0U) : kInput | (wanted ? EPOLLOUT : 0U));
}

void Connection::on_events(std::uint32_t events) {
  if (state_ == State::closed) return;
  const bool hung_up = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
  if (hung_up || events & EPOLLIN) read_some(hung_up);
  if (state_ != State::closed && events & EPOLLOUT) flush();
}

// After a hang-up to the very end, so that the end is known before other connections are read; what there
// is to read is bounded by the socket's buffer then.
void Connection::read_some(bool hung_up) {
  for (int reads = 0; (hung_up || reads < kMaxReadsATurn) && state_ != State::closed && !ended_; ++reads) {
    const std::span<char> buffer = loop_.read_buffer();
    const ssize_t got = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      take_bytes(buffer.first(static_cast<std::size_t>(got)));
      if (!hung_up && static_cast<std::size_t>(got) < buffer.size() / 2)
        return;  // emptied, in all likelihood
      continue;
    }
    if (got == 0) {
      take_end();
    } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
      close(CloseCause::error);
    }
    return;
  }
}

void Connection::take_bytes(std::span<char> bytes) {
  if (state_ == State::flushing || state_ == State::lingering) return;  // read only to be thrown away
  if (!tls_) {
    handler_->on_bytes(bytes);
    return;
  }
  const bool good = tls_->feed(bytes);
  std::string plain = tls_->take_input();
  if (std::string reply = tls_->take_output(); !reply.empty()) {
    queued_bytes_ += reply.size();
    queue_.emplace_back(std::move(reply));
    mark_dirty();
  }
  if (!plain.empty()) handler_->on_bytes(plain);
  if (!good && state_ == State::open) {
    close_after_flush();  // an alert may have been queued
    handler_->on_end();
  } else if (tls_->ended() && state_ == State::open) {
    take_end();
  }
}

void Connection::take_end() {
  if (ended_) return;
  ended_ = true;
  if (state_ == State::lingering || state_ == State::flushing) {
    if (queue_.size() == first_) {
      close(CloseCause::peer);
      return;
    }
  } else {
    handler_->on_end();
    if (state_ == State::open) close_after_flush();
  }
  // RDHUP would be reported again and again.
  if (state_ != State::closed) loop_.rewatch(descriptor_, *this, watching_output_ ? EPOLLOUT : 0U);
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

void Connection::close(CloseCause cause) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  linger_.reset();
  loop_.unwatch(descriptor_, *this);
  ::close(descriptor_);
  descriptor_ = -1;
  loop_.bury(*this);
  if (ConnectionHandler* handler = std::exchange(handler_, nullptr)) handler->on_closed(cause);
}

}  // namespace rollcall::net
