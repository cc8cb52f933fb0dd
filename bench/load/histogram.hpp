// A histogram of times with buckets that widen with the value: percentiles within 1.6 %, in fixed memory.
//
// All-zero bytes are an empty histogram, and it has no pointers: it can live in memory shared by processes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace rollcall::load {

class Histogram {
 public:
  void add(std::uint64_t value) {
    ++buckets_[bucket_of(value)];
    ++count_;
    sum_ += value;
    max_ = std::max(max_, value);
  }

  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }

  // The upper end of the smallest bucket that `percent` of the values do not exceed; 0 without values.
  std::uint64_t percentile(double percent) const {
    const double wanted = static_cast<double>(count_) * percent / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen > 0 && static_cast<double>(seen) >= wanted) return std::min(max_, upper_end(i));
    }
    return max_;
  }

 private:
  static constexpr unsigned kBits = 6;  // 64 buckets per power of two
  static constexpr std::uint64_t kFine = 1U << kBits;
  static constexpr std::uint64_t kLargest = (std::uint64_t{1} << 42) - 1;  // 73 minutes in nanoseconds

  static std::size_t bucket_of(std::uint64_t value) {
    value = std::min(value, kLargest);
    if (value < kFine) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
    return (shift + 1) * kFine + ((value >> shift) - kFine);
  }

  static std::uint64_t upper_end(std::size_t bucket) {
    if (bucket < kFine) return bucket;
    const auto shift = bucket / kFine - 1;
    return ((bucket % kFine + kFine + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (42 - kBits + 1) * kFine> buckets_{};
  std::uint64_t count_ = 0, sum_ = 0, max_ = 0;
};

}  // namespace rollcall::load
