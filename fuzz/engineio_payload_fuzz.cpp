// A POST body of any bytes: every packet read is a view inside bounds, and what was read, encoded
// again and read again, is the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "engineio/packet.hpp"

using rollcall::base::Frame;
using rollcall::base::FrameRef;
using namespace rollcall::engineio;

namespace {

std::vector<FrameRef> read_all(std::string_view body, bool& whole) {
  std::vector<FrameRef> frames;
  PayloadReader reader(body);
  while (!reader.at_end()) {
    const auto packet = reader.next();
    if (!packet) {
      whole = false;
      return frames;
    }
    const char type = static_cast<char>(packet->type);
    frames.push_back(packet->binary ? Frame::make({}, {packet->data}, true)
                                    : Frame::make({}, {{&type, 1}, packet->data}, false));
  }
  whole = true;
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bool whole = false;
  const auto frames = read_all({reinterpret_cast<const char*>(data), size}, whole);
  if (!whole) return 0;
  const std::string encoded = encode_payload(frames);
  bool again_whole = false;
  const auto again = read_all(encoded, again_whole);
  if (!again_whole || again.size() != frames.size()) std::abort();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i]->packet() != again[i]->packet() || frames[i]->binary() != again[i]->binary()) std::abort();
  }
  return 0;
}
