// Reads numbers and texts that another node wrote, from untrusted bytes: every read is bounded, and after a
// failure all later reads fail too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rollcall::cluster {

class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  bool failed() const { return failed_; }
  // Whether all was read, and nothing failed.
  bool finished() const { return !failed_ && rest_.empty(); }
  bool empty() const { return failed_ || rest_.empty(); }

  std::uint8_t byte();
  // As base::append_varint writes them: in as few bytes as possible, within 64 bits.
  std::uint64_t varint();
  std::uint64_t varint(std::uint64_t most);
  // Eight bytes, most significant first.
  std::uint64_t word();
  std::string_view take(std::uint64_t size);
  // With its length before it.
  std::string_view block(std::size_t most);
  // The same, in UTF-8, because clients are sent it.
  std::string_view text(std::size_t most);

  // For a value that was read but is invalid.
  void fail() {
    failed_ = true;
    rest_ = {};
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace rollcall::cluster
