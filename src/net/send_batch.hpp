// Sends the output of all connections of a loop, once per turn, in as few system calls as possible: one
// io_uring submission where the kernel allows it, otherwise one `send` for each connection.
//
// A connection has at most one entry in a batch, so its bytes keep their order. In the ring every send is
// MSG_DONTWAIT | MSG_WAITALL and posts no completion when it succeeds: when the submission returns, all sends
// are done, the buffers are free again, and only failures and partial sends have posted a completion. This is
// verified once at the start; where it does not hold, `send` is used.
//
// Bounds: kMaxEntries, and kStagingBytes of coalesced small frames. Not thread-safe.
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
  // Sends the batch, and tells each connection how much of its output was sent.
  void send();

  // The bytes the kernel has accepted since the last call.
  std::size_t take_sent_bytes() { return std::exchange(sent_bytes_, 0); }

  // Memory for a connection to put small frames together in; null if the batch has too little left.
  char* stage(std::size_t bytes);
  // Gives back the end of what was staged last.
  void unstage(std::size_t bytes) { staged_ -= bytes; }

 private:
  static constexpr std::size_t kMaxEntries = 1024;
  static constexpr std::size_t kStagingBytes = 512 * 1024;
  // With so few entries a ring costs as much as it saves.
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
