// What an application emits is what clients can read: the rest is refused where it is emitted, with the
// reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "rollcall/server.hpp"
#include "server/test_client.hpp"
#include "server/test_host.hpp"

namespace rollcall::server {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

template <class Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "sent";
}

class EmissionTest : public testing::Test {
 protected:
  EmissionTest() { answer_sync(nsp); }
  Client member() {
    Client client(host.address(), By::websocket);
    EXPECT_THAT(client.connect(), StartsWith("40{"));
    return client;
  }

  Host host;
  Namespace& nsp = host.server.of("/");
};

TEST_F(EmissionTest, WhatIsNoJsonIsRefusedByEveryWayOut) {
  std::vector<std::string> said;
  nsp.on("ask", [&](Socket& socket, const Payload&, Ack ack) {
    const Payload bad{R"({"total":NaN})", {}};
    said.push_back(refusal([&] { socket.emit("e", bad); }));
    said.push_back(refusal([&] { socket.emit_with_ack("e", bad, seconds(1), [](auto&&) {}); }));
    said.push_back(refusal([&] { socket.broadcast().emit("e", bad); }));
    said.push_back(refusal([&] { nsp.emit("e", bad); }));
    said.push_back(refusal([&] { nsp.to("room").volatile_().emit("e", bad); }));
    said.push_back(refusal([&] { ack(bad); }));
    ack({"1", {}});  // it has not been answered
  });
  host.start();
  Client client = member(), other = member();
  client.send(R"(421["ask"])");
  EXPECT_EQ(client.next(), "431[1]");
  EXPECT_THAT(said, testing::SizeIs(6));
  for (const std::string& one : said) EXPECT_THAT(one, HasSubstr("its payload is not JSON"));
  EXPECT_THAT(said.front(), HasSubstr(R"(the event "e")"));
  EXPECT_THAT(said.back(), HasSubstr("an acknowledgement"));
  EXPECT_THAT(until_sync(other), IsEmpty());
}

TEST_F(EmissionTest, TheReasonIsGiven) {
  host.start();
  host.call([&] {
    const auto why = [&](std::string_view event, const Payload& payload) {
      return refusal([&] { nsp.emit(event, payload); });
    };
    EXPECT_THAT(why("connect", {}), HasSubstr("socket.io keeps that name for itself"));
    EXPECT_THAT(why("recovery-offset", {}), HasSubstr("the server keeps that name for itself"));
    EXPECT_THAT(why("\xFF", {}), HasSubstr("its name is not UTF-8"));
    EXPECT_THAT(why("e", {"\"\xFF\"", {}}), HasSubstr("its payload is not UTF-8"));
    EXPECT_THAT(why("e", {std::string(65, '[') + std::string(65, ']'), {}}), HasSubstr("at most 64 deep"));
    EXPECT_THAT(why("e", {"\"\x1e\"", {}}), HasSubstr("not JSON"));
    EXPECT_THAT(why("e", {R"({"_placeholder":true,"num":1})", {"x"}}), HasSubstr("placeholder"));
    EXPECT_THAT(why("e", {"", std::vector<std::string>(11, "x")}),
                HasSubstr("it has 11 attachments, clients accept 10"));
  });
}

// Numbers that no double holds, halves of emojis, line separators, names that come twice, white space.
TEST_F(EmissionTest, WhatIsJsonPassesByteByByte) {
  const std::string odd =
      "{\"a\":1e400,\"a\":3.14,\"b\":18446744073709551616,\"c\":-0} , \"\\ud83d \xE2\x80\xA8 \\u001e\" ,0.10";
  nsp.on("echo", [](Socket& socket, const Payload& payload, Ack ack) {
    socket.emit("echo", payload);
    ack(payload);
  });
  host.start();
  Client client = member();
  host.call([&] { nsp.emit("odd", {odd, {}}); });
  EXPECT_EQ(client.next(), "42[\"odd\"," + odd + "]");
  client.send("427[\"echo\"," + odd + "]");
  EXPECT_THAT(client.next(2), ElementsAre("42[\"echo\"," + odd + "]", "437[" + odd + "]"));
}

TEST_F(EmissionTest, TheDataOfARefusalMustBeJsonToo) {
  std::string said;
  nsp.use([&](Socket&, const Next& next) {
    said = refusal([&] { next(ConnectError{"no", "{"}); });
    next(ConnectError{"no", R"({"code":1.50})"});
  });
  host.start();
  Client client(host.address(), By::websocket);
  EXPECT_THAT(client.connect(), HasSubstr("no"));
  EXPECT_THAT(said, HasSubstr("the data of a ConnectError"));
}

}  // namespace
}  // namespace rollcall::server
