#include "net/output_queue.hpp"

#include <algorithm>
#include <cstring>

namespace rollcall::net {
namespace {
constexpr std::size_t kFirstReserve = 14;  // with the allocator's header, two cache lines

// One block is cached for the next queue: a connection that has just opened sends two frames in a
// turn.
thread_local std::unique_ptr<std::vector<base::FrameRef>> spare_rest;
}  // namespace

void OutputQueue::push(base::FrameRef frame) {
  bytes_ += frame->wire().size();
  if (!first_) {
    first_ = std::move(frame);
    return;
  }
  if (!rest_) begin_rest();
  rest_->push_back(std::move(frame));
}

void OutputQueue::begin_rest() {
  rest_ = spare_rest ? std::move(spare_rest) : std::make_unique<std::vector<base::FrameRef>>();
  rest_->reserve(kFirstReserve);
}

void OutputQueue::end_rest() {
  rest_->clear();
  if (rest_->capacity() == kFirstReserve) spare_rest = std::move(rest_);
  rest_.reset();
  next_ = 0;
}

// Calls `use` with the bytes of each frame in turn, while it returns true.
template <typename Use>
void OutputQueue::each(Use&& use) const {
  if (!first_ || !use(front()) || !rest_) return;
  for (std::size_t i = next_; i < rest_->size() && use((*rest_)[i]->wire()); ++i) {
  }
}

std::size_t OutputQueue::joinable(std::size_t limit) const {
  if (!rest_) return 0;
  std::size_t total = 0;
  std::size_t frames = 0;
  each([&](std::string_view bytes) {
    if (total + bytes.size() > limit) return false;
    total += bytes.size();
    ++frames;
    return true;
  });
  return frames > 1 ? total : 0;
}

void OutputQueue::copy(char* out, std::size_t bytes) const {
  each([&](std::string_view piece) {
    piece = piece.substr(0, bytes);
    std::memcpy(out, piece.data(), piece.size());
    out += piece.size();
    bytes -= piece.size();
    return bytes > 0;
  });
}

void OutputQueue::pop() {
  sent_ = 0;
  if (!rest_) {
    first_ = {};
    return;
  }
  first_ = std::move((*rest_)[next_++]);
  if (next_ == rest_->size()) {
    end_rest();
  } else if (next_ >= 64 && next_ * 2 >= rest_->size()) {
    rest_->erase(rest_->begin(), rest_->begin() + next_);
    next_ = 0;
  }
}

void OutputQueue::consume(std::size_t bytes) {
  bytes_ -= bytes;
  while (bytes > 0) {
    const std::size_t left = first_->wire().size() - sent_;
    if (bytes < left) {
      sent_ += static_cast<std::uint32_t>(bytes);
      return;
    }
    bytes -= left;
    pop();
  }
}

void OutputQueue::clear() {
  first_ = {};
  rest_.reset();
  bytes_ = 0;
  sent_ = next_ = 0;
}

}  // namespace rollcall::net
