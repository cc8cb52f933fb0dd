#include "socketio/message_log.hpp"

#include <algorithm>

namespace rollcall::socketio {
namespace {

// Large enough that allocators give it back to the system when it is freed; of what is not written yet the
// system gives none.
constexpr std::size_t kMaxBlockBytes = 256 * 1024;
constexpr std::size_t kBlocks = 16;  // at least, in a full log: forgetting one must not forget it all

// Seven bits a byte, the lowest first: nearly all are below 128.
void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put(std::string& out, std::string_view text) {
  put(out, std::uint64_t{text.size()});
  out += text;
}

void put(std::string& out, const std::vector<std::string>& texts) {
  put(out, std::uint64_t{texts.size()});
  for (const std::string& text : texts) put(out, std::string_view(text));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    unsigned char byte = 0;
    unsigned shift = 0;
    do {
      byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      shift += 7;
    } while (byte & 0x80U);
    return value;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }
  void texts(std::vector<std::string_view>& out) {
    out.clear();
    for (std::uint64_t left = number(); left > 0; --left) out.push_back(text());
  }

 private:
  std::string_view rest_;
};

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
  put(block.bytes, number);
  put(block.bytes, message.rooms);
  put(block.bytes, message.except);
  put(block.bytes, std::string_view(message.packet));
  put(block.bytes, message.attachments);
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
    Reader reader(block.bytes);
    while (!reader.at_end()) {
      entry.number = reader.number();
      reader.texts(entry.rooms);
      reader.texts(entry.except);
      entry.packet = reader.text();
      reader.texts(entry.attachments);
      if (entry.number > number) use(entry);
    }
  }
}

}  // namespace rollcall::socketio
