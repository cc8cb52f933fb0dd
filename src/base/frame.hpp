// A message encoded once and queued on any number of connections by reference.
//
// The bytes are a complete WebSocket frame; `packet()` is the same Engine.IO packet without the
// WebSocket header, which is what HTTP long-polling sends. One memory block per frame. The count is not
// atomic: a frame never leaves the thread of the worker that made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <new>
#include <string_view>
#include <utility>

#include "base/block_cache.hpp"

namespace rollcall::base {

class FrameRef;

class Frame {
 public:
  // Makes a frame of `header` and the packet, which is given in parts to avoid concatenating it first.
  static FrameRef make(std::string_view header, std::initializer_list<std::string_view> packet, bool binary);

  std::string_view wire() const { return {data(), header_ + packet_}; }
  std::string_view packet() const { return {data() + header_, packet_}; }
  bool binary() const { return binary_; }

 private:
  friend class FrameRef;
  Frame(std::uint32_t header, std::uint32_t packet, bool binary)
      : header_(header), packet_(packet), binary_(binary) {}
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }

  std::uint32_t references_ = 1;
  std::uint32_t header_;
  std::uint32_t packet_;
  bool binary_;
};

class FrameRef {
 public:
  FrameRef() = default;
  FrameRef(const FrameRef& other) : frame_(other.frame_) {
    if (frame_) ++frame_->references_;
  }
  FrameRef(FrameRef&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  FrameRef& operator=(FrameRef other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~FrameRef() {
    if (frame_ && --frame_->references_ == 0) BlockCache::give(frame_, sizeof(Frame) + frame_->wire().size());
  }

  explicit operator bool() const { return frame_ != nullptr; }
  const Frame* operator->() const { return frame_; }
  const Frame& operator*() const { return *frame_; }

 private:
  friend class Frame;
  explicit FrameRef(Frame* frame) : frame_(frame) {}
  Frame* frame_ = nullptr;
};

inline FrameRef Frame::make(std::string_view header, std::initializer_list<std::string_view> packet,
                            bool binary) {
  std::size_t size = 0;
  for (const std::string_view part : packet) size += part.size();
  void* memory = BlockCache::take(sizeof(Frame) + header.size() + size);
  auto* frame =
      new (memory) Frame(static_cast<std::uint32_t>(header.size()), static_cast<std::uint32_t>(size), binary);
  char* out = frame->data();
  out += header.copy(out, header.size());
  for (const std::string_view part : packet) out += part.copy(out, part.size());
  return FrameRef(frame);
}

}  // namespace rollcall::base
