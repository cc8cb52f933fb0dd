#include "engineio/packet.hpp"

#include "base/base64.hpp"

namespace rollcall::engineio {
namespace {
constexpr char kSeparator = '\x1e';
constexpr char kBinaryMark = 'b';
}  // namespace

std::optional<Packet> parse_packet(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6') return std::nullopt;
  return Packet{static_cast<PacketType>(text[0]), false, text.substr(1)};
}

std::optional<Packet> PayloadReader::next() {
  const std::size_t end = rest_.find(kSeparator);
  const std::string_view text = rest_.substr(0, end);
  if (end == std::string_view::npos) {
    done_ = true;
  } else {
    rest_.remove_prefix(end + 1);
  }
  if (text.empty() || text[0] != kBinaryMark) return parse_packet(text);
  auto decoded = base::base64_decode(text.substr(1));
  if (!decoded) return std::nullopt;
  decoded_ = std::move(*decoded);
  return Packet{PacketType::message, true, decoded_};
}

std::string encode_payload(std::span<const base::FrameRef> frames) {
  std::string body;
  for (const base::FrameRef& frame : frames) {
    if (!body.empty()) body += kSeparator;
    if (frame->binary()) {
      body += kBinaryMark;
      body += base::base64_encode(frame->packet());
    } else {
      body += frame->packet();
    }
  }
  return body;
}

}  // namespace rollcall::engineio
