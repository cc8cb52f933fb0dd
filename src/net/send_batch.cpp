#include "net/send_batch.hpp"

#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>

#include "net/connection.hpp"

namespace rollcall::net {

class SendBatch::Ring {
 public:
  // Null where io_uring is missing, forbidden, or does not behave as the batch needs.
  static std::unique_ptr<Ring> open() {
    auto ring = std::make_unique<Ring>();
    if (!ring->ready_ || !ring->keeps_its_promises()) return nullptr;
    return ring;
  }

  Ring() {
    io_uring_params params{};
    params.flags = IORING_SETUP_SUBMIT_ALL;
    ready_ = io_uring_queue_init_params(kMaxEntries, &ring_, &params) == 0;
    if (ready_ && !(params.features & IORING_FEAT_CQE_SKIP)) {
      io_uring_queue_exit(&ring_);
      ready_ = false;
    }
  }
  ~Ring() {
    if (ready_) io_uring_queue_exit(&ring_);
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  void prepare(int descriptor, std::string_view bytes, std::size_t index) {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    io_uring_prep_send(entry, descriptor, bytes.data(), bytes.size(),
                       MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL);
    io_uring_sqe_set_data64(entry, index);
    io_uring_sqe_set_flags(entry, IOSQE_CQE_SKIP_SUCCESS);
  }

  // Incomplete sends are reported to `failed(index, result)`. Returns how many sends at the end of the batch
  // the kernel did not accept.
  template <typename Report>
  std::size_t submit(Report&& failed) {
    int submitted = 0;
    do {
      submitted = io_uring_submit(&ring_);
    } while (submitted == -EINTR || (submitted > 0 && io_uring_sq_ready(&ring_) > 0));
    io_uring_cqe* completion = nullptr;
    while (io_uring_peek_cqe(&ring_, &completion) == 0) {
      failed(static_cast<std::size_t>(completion->user_data), completion->res);
      io_uring_cqe_seen(&ring_, completion);
    }
    return io_uring_sq_ready(&ring_);
  }

 private:
  // A complete send posts no completion; a partial one posts one that says how much was sent.
  bool keeps_its_promises() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) return false;
    const std::string large(4 << 20, 'x');
    std::optional<int> small_result;
    std::optional<int> large_result;
    prepare(ends[0], "small", 0);
    const std::size_t first = submit([&](std::size_t, int result) { small_result = result; });
    prepare(ends[0], large, 1);
    const std::size_t second = submit([&](std::size_t, int result) { large_result = result; });
    ::close(ends[0]);
    ::close(ends[1]);
    return first + second == 0 && !small_result && large_result && *large_result > 0 &&
           static_cast<std::size_t>(*large_result) < large.size();
  }

  io_uring ring_{};
  bool ready_ = false;
};

SendBatch::SendBatch(bool try_io_uring) : staging_(std::make_unique<char[]>(kStagingBytes)) {
  entries_.reserve(kMaxEntries);
  if (try_io_uring) ring_ = Ring::open();
}

SendBatch::~SendBatch() = default;

char* SendBatch::stage(std::size_t bytes) {
  if (kStagingBytes - staged_ < bytes) return nullptr;
  char* place = staging_.get() + staged_;
  staged_ += bytes;
  return place;
}

void SendBatch::add(Connection& connection) {
  if (entries_.size() == kMaxEntries) send();
  std::string_view bytes = connection.next_output(*this);
  if (bytes.empty() && connection.has_output()) {  // the staging memory is full
    send();
    bytes = connection.next_output(*this);
  }
  if (bytes.empty()) {
    connection.sent(0, 0);
  } else {
    entries_.push_back({&connection, bytes, static_cast<long>(bytes.size())});
  }
}

void SendBatch::send_each(std::span<Entry> entries) {
  for (Entry& entry : entries) {
    do {
      entry.result = ::send(entry.connection->descriptor(), entry.bytes.data(), entry.bytes.size(),
                            MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (entry.result < 0 && errno == EINTR);
    if (entry.result < 0) entry.result = -errno;
  }
}

void SendBatch::send_by_ring() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    ring_->prepare(entries_[i].connection->descriptor(), entries_[i].bytes, i);
  }
  const std::size_t left =
      ring_->submit([&](std::size_t index, int result) { entries_[index].result = result; });
  if (left == 0) return;
  ring_.reset();  // the kernel is out of memory: entries it did not accept must not stay in the ring
  send_each(std::span(entries_).last(left));
}

void SendBatch::send() {
  if (ring_ && entries_.size() > kFewEntries) {
    send_by_ring();
  } else {
    send_each(entries_);
  }
  staged_ = 0;
  // First all drop what was sent: handling one connection's failure may make another one send.
  for (const Entry& entry : entries_) {
    const auto gone = static_cast<std::size_t>(std::max(entry.result, 0L));
    entry.connection->consume(gone);
    sent_bytes_ += gone;
  }
  for (const Entry& entry : entries_) entry.connection->sent(entry.result, entry.bytes.size());
  entries_.clear();
}

}  // namespace rollcall::net
