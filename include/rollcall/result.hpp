// Result<T, E>: a value, or the reason there is none.
//
// The peer's faults are values, never exceptions (ARCHITECTURE.md, "Errors"). C++20 has no
// std::expected; this is the small part of it that the project needs. Not thread-safe, as any value.
#pragma once

#include <cstdlib>
#include <utility>
#include <variant>

namespace rollcall {

// What `fail(e)` makes, so that a Result can be built from an error even where T and E are alike.
template <class E>
struct Failure {
  E error;
};

template <class E>
Failure<std::decay_t<E>> fail(E&& error) {
  return {std::forward<E>(error)};
}

struct Unit {};

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class F>
  Result(Failure<F> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Asking a failure for its value, or a value for its error, is a bug of ours: it ends the process.
  T& value() { return ok() ? std::get<0>(state_) : (std::abort(), std::get<0>(state_)); }
  const T& value() const { return ok() ? std::get<0>(state_) : (std::abort(), std::get<0>(state_)); }
  E& error() { return ok() ? (std::abort(), std::get<1>(state_)) : std::get<1>(state_); }
  const E& error() const { return ok() ? (std::abort(), std::get<1>(state_)) : std::get<1>(state_); }

  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

}  // namespace rollcall
