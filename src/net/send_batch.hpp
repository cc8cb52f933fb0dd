// All that the connections of a loop have to send in one turn, in as few system calls as may be: one
// io_uring submission where the kernel allows it, else a `send` for each connection.
//
// A connection has at most one entry in a batch, so that its bytes keep their order. In the ring every send
// is MSG_DONTWAIT | MSG_WAITALL and silent when it succeeds whole: when the submission returns all is done,
// the buffers are free again, and only failures and partial sends have left a completion. That this is
// so is tried out once, at the start; where it is not, `send` is used.
//
// Bounds: kMaxEntries, and kStagingBytes of small frames put together. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::net {

class Connection;

class SendBatch {
 public:
  explicit SendBatch(bool try_io_uring);
  ~SendBatch();
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  bool uses_io_uring() const { return ring_ != nullptr; }

  // Adds what the connection has to send now. A batch that is full is sent first.
  void add(Connection& connection);
  // Sends it all, and tells each connection how much of its own has gone.
  void send();

  // How many bytes the system has taken since this was asked last.
  std::size_t take_sent_bytes() { return std::exchange(sent_bytes_, 0); }

  // Memory for a connection to put small frames together in; null if the batch has too little left.
  char* stage(std::size_t bytes);
  // Gives back the end of what was staged last.
  void unstage(std::size_t bytes) { staged_ -= bytes; }

 private:
  static constexpr std::size_t kMaxEntries = 1024;
  static constexpr std::size_t kStagingBytes = 512 * 1024;
  // For so few a ring costs as much as it saves.
  static constexpr std::size_t kFewEntries = 3;

  struct Entry {
    Connection* connection;
    std::string_view bytes;
    long result;  // bytes sent, or -errno
  };
  class Ring;

  void send_each(std::span<Entry> entries);
  void send_by_ring();

  std::vector<Entry> entries_;
  std::unique_ptr<char[]> staging_;
  std::size_t staged_ = 0;
  std::size_t sent_bytes_ = 0;
  std::unique_ptr<Ring> ring_;
};

}  // namespace rollcall::net
