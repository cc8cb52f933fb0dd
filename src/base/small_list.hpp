// A list of small plain values that stores its first element inline: most lists have one element, and every
// connection has several lists. 16 bytes, where a vector takes 24 and a heap block. A list far from full
// halves its capacity, moving each element O(1) times amortised, so it returns to its former size after a
// peak.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace rollcall::base {

template <typename T>
class SmallList {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>);
  // NOLINTNEXTLINE(bugprone-sizeof-expression): of the pointer, if T is one
  static_assert(sizeof(T) <= sizeof(void*));

 public:
  SmallList() = default;
  SmallList(SmallList&& other) noexcept { swap(other); }
  SmallList& operator=(SmallList&& other) noexcept {
    SmallList(std::move(other)).swap(*this);
    return *this;
  }
  ~SmallList() {
    if (capacity_ > 1) delete[] place_.many;
  }

  std::uint32_t size() const { return size_; }
  std::uint32_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return capacity_ > 1 ? place_.many : &place_.one; }
  const T* begin() const { return capacity_ > 1 ? place_.many : &place_.one; }
  T* end() { return begin() + size_; }
  const T* end() const { return begin() + size_; }
  T& operator[](std::uint32_t i) { return begin()[i]; }
  const T& operator[](std::uint32_t i) const { return begin()[i]; }
  T& back() { return begin()[size_ - 1]; }

  void push_back(T value) {
    if (size_ == capacity_) grow();
    begin()[size_++] = value;
  }
  void pop_back() {
    --size_;
    if (capacity_ > 4 && std::uint64_t{size_} * 16 < std::uint64_t{capacity_} * 7) resize(capacity_ / 2);
  }

  void swap(SmallList& other) noexcept {
    std::swap(place_, other.place_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void grow() { resize(capacity_ == 1 ? 4 : capacity_ * 2); }

  // `capacity`: more than one, and at least the size.
  void resize(std::uint32_t capacity) {
    T* many = new T[capacity];
    std::copy(begin(), end(), many);
    if (capacity_ > 1) delete[] place_.many;
    place_.many = many;
    capacity_ = capacity;
  }

  union Place {
    T one;
    T* many;
  } place_{};
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 1;
};

}  // namespace rollcall::base
