// Any bytes, read at once or in pieces, give the same messages and the same fault, and no message
// breaks the rules the decoder promises to keep.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/utf8.hpp"
#include "websocket/decoder.hpp"

namespace {

using namespace rollcall::websocket;

struct Outcome {
  std::vector<std::string> messages;  // kind, close code and data in one
  int fault = 0;
  bool operator==(const Outcome&) const = default;
};

void check(const Message& message, std::size_t max_message_bytes) {
  const bool is_data = message.kind == Kind::text || message.kind == Kind::binary;
  ROLLCALL_ASSERT(message.data.size() <= (is_data ? max_message_bytes : kMaxControlBytes));
  if (message.kind == Kind::text || message.kind == Kind::close) {
    ROLLCALL_ASSERT(rollcall::base::is_utf8(message.data));
  }
  if (message.kind == Kind::close) {
    ROLLCALL_ASSERT(message.close_code == kNoCloseCode || is_close_code(message.close_code));
  }
}

// One read, from memory of exactly its size that is gone afterwards.
void feed(Decoder& decoder, std::string_view bytes, std::size_t max_message_bytes, Outcome& outcome) {
  const auto memory = std::make_unique<char[]>(bytes.size());
  if (!bytes.empty()) std::memcpy(memory.get(), bytes.data(), bytes.size());
  std::span<char> input(memory.get(), bytes.size());
  while (true) {
    const auto result = decoder.next(input);
    if (!result.ok()) {
      outcome.fault = static_cast<int>(result.error());
      break;
    }
    if (!result->has_value()) break;
    const Message& message = **result;
    check(message, max_message_bytes);
    std::string kept = std::to_string(static_cast<int>(message.kind));
    kept.append(":").append(std::to_string(message.close_code)).append(":").append(message.data);
    outcome.messages.push_back(std::move(kept));
  }
  ROLLCALL_ASSERT(input.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider provider(data, size);
  const auto max_message_bytes = provider.ConsumeIntegralInRange<std::size_t>(0, 2000);
  std::vector<std::size_t> pieces(4);
  for (std::size_t& piece : pieces) piece = provider.ConsumeIntegralInRange<std::size_t>(1, 64);
  const std::string bytes = provider.ConsumeRemainingBytesAsString();

  Outcome whole;
  Decoder whole_decoder(max_message_bytes);
  feed(whole_decoder, bytes, max_message_bytes, whole);

  Outcome cut;
  Decoder cut_decoder(max_message_bytes);
  std::string_view left = bytes;
  for (std::size_t i = 0; !left.empty() && cut.fault == 0; ++i) {
    const std::string_view piece = left.substr(0, pieces[i % pieces.size()]);
    feed(cut_decoder, piece, max_message_bytes, cut);
    left.remove_prefix(piece.size());
  }
  ROLLCALL_ASSERT(whole == cut);
  return 0;
}
