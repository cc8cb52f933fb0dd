// All sends of a turn in one io_uring call.
//
// A connection has at most one send per submission, so that the kernel cannot reorder two; with MSG_DONTWAIT
// each finishes within the call, so its bytes may be freed afterwards; only failed or short sends produce a
// completion.
#include <liburing.h>

#include <deque>

#include "floor/merging.hpp"
#include "floor/sender.hpp"

namespace rollcall::floor {
namespace {

constexpr unsigned kEntries = 4096;

class RingSender : public Sender {
 public:
  RingSender(bool merged, Late late) : Sender(std::move(late)), merged_(merged) {
    io_uring_params params{};
    params.flags = IORING_SETUP_SINGLE_ISSUER;
    usable_ = io_uring_queue_init_params(kEntries, &ring_, &params) == 0;
    pending_.reserve(kEntries);
  }
  ~RingSender() override {
    if (usable_) io_uring_queue_exit(&ring_);
  }
  RingSender(const RingSender&) = delete;
  RingSender& operator=(const RingSender&) = delete;

  bool usable() const { return usable_; }

  void queue(Connection& connection, std::string_view bytes, bool lasting) override {
    if (defer(connection, bytes)) return;
    if (merged_) return merging_.add(connection, bytes);
    if (connection.submit == submit_) submit();
    if (!connection.late.empty()) {  // the submission failed
      defer(connection, bytes);
      return;
    }
    if (!lasting) bytes = copies_.emplace_back(bytes);
    prepare(connection, bytes);
  }

  void flush() override {
    if (merged_) merging_.each([this](Connection& connection) { prepare(connection, connection.out); });
    submit();
    merging_.clear();
    copies_.clear();
  }

  void forget(Connection& connection) override {
    if (connection.submit == submit_) submit();
    merging_.forget(connection);
  }

 private:
  struct Pending {
    Connection* connection;
    std::string_view bytes;
  };

  void prepare(Connection& connection, std::string_view bytes) {
    if (pending_.size() == kEntries) submit();
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    io_uring_prep_send(entry, connection.fd, bytes.data(), bytes.size(),
                       MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL);
    entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
    io_uring_sqe_set_data64(entry, pending_.size());
    pending_.push_back({&connection, bytes});
    connection.submit = submit_;
  }

  void submit() {
    if (pending_.empty()) return;
    io_uring_submit(&ring_);
    ++submit_;
    io_uring_cqe* entry = nullptr;
    while (io_uring_peek_cqe(&ring_, &entry) == 0) {
      const Pending& failed = pending_[io_uring_cqe_get_data64(entry)];
      sent(*failed.connection, failed.bytes, entry->res);
      io_uring_cqe_seen(&ring_, entry);
    }
    pending_.clear();
  }

  const bool merged_;
  bool usable_ = false;
  io_uring ring_{};
  std::uint32_t submit_ = 1;  // no connection has this yet
  std::vector<Pending> pending_;
  std::deque<std::string> copies_;  // a deque: its elements do not move
  Merging merging_;
};

}  // namespace

std::unique_ptr<Sender> make_ring_sender(bool merged, Sender::Late late) {
  auto sender = std::make_unique<RingSender>(merged, std::move(late));
  if (!sender->usable()) return nullptr;
  return sender;
}

}  // namespace rollcall::floor
