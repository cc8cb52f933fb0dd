// The unsent output of a connection, by reference. The first frame is stored inline: most turns send one, and
// then nothing is allocated. Internal to Connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/frame.hpp"

namespace rollcall::net {

class OutputQueue {
 public:
  bool empty() const { return !first_; }
  std::size_t bytes() const { return bytes_; }
  // Of those, the ones behind the frame that is being sent.
  std::size_t bytes_behind_first() const { return first_ ? bytes_ - (first_->wire().size() - sent_) : 0; }

  void push(base::FrameRef frame);
  // What is left of the first frame.
  std::string_view front() const { return first_->wire().substr(sent_); }
  // The total of the whole frames at the front that fit `limit` together; 0 if fewer than two fit.
  std::size_t joinable(std::size_t limit) const;
  // Copies that many bytes from the front.
  void copy(char* out, std::size_t bytes) const;
  void consume(std::size_t bytes);
  void clear();

 private:
  template <typename Use>
  void each(Use&& use) const;
  void pop();
  void begin_rest();
  void end_rest();

  base::FrameRef first_;
  std::unique_ptr<std::vector<base::FrameRef>> rest_;  // freed when the queue is empty
  std::size_t bytes_ = 0;
  std::uint32_t sent_ = 0;  // of first_
  std::uint32_t next_ = 0;  // in rest_
};

}  // namespace rollcall::net
