// Those who do not read what they are sent: closed when too much waits for them, and nobody else suffers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::StartsWith;

constexpr int kSmallBuffer = 8 * 1024;
constexpr int kModestBuffer = 256 * 1024;  // for whoever is to read all: the small one makes that slow
constexpr std::size_t kBigBytes = 200'000;
constexpr int kEnough = 200;  // of the big events, to fill any buffers of the system

ServerOptions with_tiny_backlog() {
  ServerOptions options;
  options.backlog_bytes = 100'000;
  return options;
}

class SlowConsumer : public testing::TestWithParam<By> {
 protected:
  SlowConsumer() {
    nsp.on_disconnect([this](Socket&, std::string_view reason) { host.notes.add(std::string(reason)); });
    host.start();
  }
  Client member(By by, int receive_buffer = 0) {
    Client client(host.address(), by, {"/socket.io/", "", "", receive_buffer});
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    return client;
  }
  void emit_big() {
    host.call([&] { nsp.emit("big", {"\"" + std::string(kBigBytes, 'x') + "\"", {}}); });
  }

  Host host{with_tiny_backlog()};
  Namespace& nsp = host.server.of("/");
};

INSTANTIATE_TEST_SUITE_P(ByEachTransport, SlowConsumer, testing::Values(By::polling, By::websocket),
                         [](const auto& by) { return by.param == By::polling ? "Polling" : "Websocket"; });

TEST_P(SlowConsumer, IsClosedAndTheOthersUnharmed) {
  Client slow = member(GetParam(), kSmallBuffer);
  Client fast = member(By::websocket), polling = member(By::polling);
  int sent = 0;
  for (; sent < kEnough && host.notes.all().empty(); ++sent) {
    emit_big();
    for (Client* other : {&fast, &polling}) ASSERT_THAT(other->next(), StartsWith(R"(42["big")"));
  }
  EXPECT_LT(sent, kEnough);
  EXPECT_THAT(host.notes.await(1), ElementsAre("slow consumer"));
  EXPECT_EQ(host.call([&] { return nsp.size(); }), 2U);
}

TEST_P(SlowConsumer, MayHaveOneMessageOfAnySizeWaiting) {
  Client slow = member(GetParam(), kModestBuffer);
  host.call([&] { nsp.emit("huge", {"\"" + std::string(8'000'000, 'x') + "\"", {}}); });
  host.settle();
  EXPECT_EQ(slow.next().size(), std::string(R"(42["huge",""])").size() + 8'000'000);
  EXPECT_THAT(host.notes.all(), testing::IsEmpty());
}

TEST_P(SlowConsumer, IsSparedVolatileEvents) {
  Client slow = member(GetParam(), kModestBuffer);
  // One message that the system does not take whole, then only what may be dropped.
  host.call([&] { nsp.emit("huge", {"\"" + std::string(8'000'000, 'x') + "\"", {}}); });
  for (int i = 0; i < 10; ++i) {
    host.call([&] { Emitter(nsp).volatile_().emit("big", {"\"" + std::string(kBigBytes, 'x') + "\"", {}}); });
  }
  host.call([&] { nsp.emit("end", {}); });
  EXPECT_THAT(slow.next(), StartsWith(R"(42["huge")"));
  EXPECT_EQ(slow.next(), R"(42["end"])");
  EXPECT_THAT(host.notes.all(), testing::IsEmpty());
}

TEST_P(SlowConsumer, GetsVolatileEventsOnceItReads) {
  Client reader = member(GetParam());
  reader.start_poll();
  host.settle();
  host.call([&] { Emitter(nsp).volatile_().emit("now", {}); });
  EXPECT_EQ(reader.next(), R"(42["now"])");
}

}  // namespace
}  // namespace rollcall::server
