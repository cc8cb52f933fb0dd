// WebSocket and Engine.IO: bytes to messages and back.
#include <string>
#include <vector>

#include "engineio/packet.hpp"
#include "load/frames.hpp"
#include "micro/counting.hpp"
#include "websocket/decoder.hpp"
#include "websocket/encoder.hpp"
#include "websocket/mask.hpp"

namespace rollcall::micro {
namespace {

// Decoding unmasks in place, so each round restores the frame: the time includes a copy.
void websocket_decode(benchmark::State& state) {
  const std::string frame =
      load::client_frame(load::Opcode::text, std::string(static_cast<std::size_t>(state.range(0)), 'x'));
  std::string bytes = frame;
  websocket::Decoder decoder(1'000'000);
  repeat(state, [&] {
    bytes.assign(frame);
    std::span<char> input(bytes);
    benchmark::DoNotOptimize(decoder.next(input));
    benchmark::DoNotOptimize(decoder.next(input));  // until the input is used up
  });
}
BENCHMARK(websocket_decode)->Arg(16)->Arg(90)->Arg(4000)->Arg(65'000);

// A message in two reads, which must be assembled.
void websocket_decode_cut_in_two(benchmark::State& state) {
  const std::string frame = load::client_frame(load::Opcode::text, std::string(90, 'x'));
  std::string bytes = frame;
  repeat(state, [&] {
    bytes.assign(frame);
    websocket::Decoder decoder(1'000'000);
    std::span<char> first(bytes.data(), 40);
    std::span<char> second(bytes.data() + 40, bytes.size() - 40);
    benchmark::DoNotOptimize(decoder.next(first));
    benchmark::DoNotOptimize(decoder.next(second));
    benchmark::DoNotOptimize(decoder.next(second));
  });
}
BENCHMARK(websocket_decode_cut_in_two);

void websocket_unmask(benchmark::State& state) {
  std::string bytes(static_cast<std::size_t>(state.range(0)), 'x');
  std::uint32_t mask = 0x12345678;
  repeat(state, [&] {
    mask = websocket::unmask(bytes, mask);
    benchmark::ClobberMemory();
  });
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(websocket_unmask)->Arg(90)->Arg(65'000);

void websocket_make_frame(benchmark::State& state) {
  const std::string packet(static_cast<std::size_t>(state.range(0)), 'x');
  repeat(state, [&] {
    benchmark::DoNotOptimize(websocket::make_frame(websocket::Opcode::text, {"4", packet}));
  });
}
BENCHMARK(websocket_make_frame)->Arg(120)->Arg(65'000);

void engineio_parse_packet(benchmark::State& state) {
  const std::string text = R"(42/ws/messages,["heartbeat"])";
  repeat(state, [&] { benchmark::DoNotOptimize(engineio::parse_packet(text)); });
}
BENCHMARK(engineio_parse_packet);

// The answer to a poll: ten events together.
void engineio_encode_payload(benchmark::State& state) {
  const std::vector<base::FrameRef> frames(
      10, websocket::make_frame(websocket::Opcode::text, {"4", std::string(120, 'x')}));
  repeat(state, [&] { benchmark::DoNotOptimize(engineio::encode_payload(frames)); });
}
BENCHMARK(engineio_encode_payload);

void engineio_read_payload(benchmark::State& state) {
  std::string body = "4" + std::string(120, 'x');
  for (int i = 0; i < 9; ++i) body += "\x1e" + std::string("4") + std::string(120, 'x');
  repeat(state, [&] {
    engineio::PayloadReader reader(body);
    while (!reader.at_end()) benchmark::DoNotOptimize(reader.next());
  });
}
BENCHMARK(engineio_read_payload);

}  // namespace
}  // namespace rollcall::micro
