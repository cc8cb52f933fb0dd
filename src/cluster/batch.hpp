// A log entry's one field: a batch of records of one node, in bytes.
//
//   version u8 = 1, incarnation 8 bytes, number of the write, then records: kind u8, length, body
//
// Numbers and lengths are varints. Records of kinds unknown here are skipped, so that nodes of two versions
// can share a log; anything else that is invalid makes the whole batch a fault. Decoding copies no text: a
// batch points into its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/record.hpp"

namespace rollcall::cluster {

inline constexpr std::size_t kMaxBatchBytes = 1'000'000;
inline constexpr std::size_t kMaxBatchRecords = 1024;

class BatchWriter {
 public:
  // `write`: the number of the write in its partition.
  BatchWriter(Incarnation node, std::uint64_t write);

  void add(const Record& record);
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::string body_;  // kept for its memory
};

struct Batch {
  Incarnation node;
  std::uint64_t write = 0;
  std::vector<Record> records;
  std::size_t skipped = 0;  // of kinds that are unknown here
};

// Absent if `text` is no batch, or exceeds a limit.
std::optional<Batch> decode_batch(std::string_view text);

// The value of a user in a node's hash.
std::string encode_facts(const Facts& facts);
std::optional<Facts> decode_facts(std::string_view text);

}  // namespace rollcall::cluster
