#include "socketio/message_log.hpp"

#include <algorithm>

#include "base/varint.hpp"

namespace rollcall::socketio {
namespace {

// Large enough that allocators give it back to the system when it is freed; of what is not written yet the
// system gives none.
constexpr std::size_t kMaxBlockBytes = 256 * 1024;
constexpr std::size_t kBlocks = 16;  // at least, in a full log: forgetting one must not forget it all

void append_texts(std::string& out, const std::vector<std::string>& texts) {
  base::append_varint(out, texts.size());
  for (const std::string& text : texts) base::append_text(out, text);
}

void append_rooms(std::string& out, const std::vector<RoomKey>& rooms) {
  base::append_varint(out, rooms.size());
  for (const RoomKey& room : rooms) base::append_text(out, room.text());
}

void take_texts(std::string_view& rest, std::vector<std::string_view>& out) {
  out.clear();
  for (std::uint64_t left = base::take_varint(rest); left > 0; --left) out.push_back(base::take_text(rest));
}

}  // namespace

MessageLog::MessageLog(milliseconds max_age, std::size_t max_bytes)
    : max_bytes_(max_bytes), block_bytes_(std::min(kMaxBlockBytes, max_bytes / kBlocks)), max_age_(max_age) {}

void MessageLog::add(std::uint64_t number, const Message& message, Instant now) {
  if (blocks_.empty() || blocks_.back().bytes.size() >= block_bytes_) {
    blocks_.emplace_back();
    blocks_.back().bytes.reserve(block_bytes_ + block_bytes_ / 16);
  }
  Block& block = blocks_.back();
  const std::size_t before = block.bytes.size();
  base::append_varint(block.bytes, number);
  append_rooms(block.bytes, message.rooms);
  append_rooms(block.bytes, message.except);
  base::append_text(block.bytes, message.packet);
  append_texts(block.bytes, message.attachments);
  bytes_ += block.bytes.size() - before;
  block.greatest = std::max(block.greatest, number);
  block.youngest = now;
  prune(now);
}

void MessageLog::prune(Instant now) {
  while (!blocks_.empty()) {
    const Block& oldest = blocks_.front();
    const bool too_old = now - oldest.youngest > max_age_;
    if (!too_old && bytes_ <= max_bytes_) return;
    if (!too_old) lost_through_ = std::max(lost_through_, oldest.greatest);
    bytes_ -= oldest.bytes.size();
    blocks_.pop_front();
  }
}

void MessageLog::each_after(std::uint64_t number, const std::function<void(const Entry&)>& use) const {
  Entry entry;
  for (const Block& block : blocks_) {
    if (block.greatest <= number) continue;
    std::string_view rest = block.bytes;
    while (!rest.empty()) {
      entry.number = base::take_varint(rest);
      take_texts(rest, entry.rooms);
      take_texts(rest, entry.except);
      entry.packet = base::take_text(rest);
      take_texts(rest, entry.attachments);
      if (entry.number > number) use(entry);
    }
  }
}

}  // namespace rollcall::socketio
