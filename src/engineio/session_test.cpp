#include "engineio/session.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::engineio {
namespace {

// Writes down what the session asks for; `take()` returns it and begins anew.
struct Script final : SessionIo {
  void answer_poll(std::string body) override { note("poll:" + body); }
  base::FrameRef text_frame(std::string_view packet) override {
    return base::Frame::make({}, {packet}, false);
  }
  void send_websocket(base::FrameRef frame) override { note("ws:" + std::string(frame->packet())); }
  void send_probe(base::FrameRef frame) override { note("probe:" + std::string(frame->packet())); }
  void close_probe() override { note("close-probe"); }
  void probe_becomes_transport() override { note("switch"); }
  void close_websocket() override { note("close-ws"); }
  void closed(CloseReason reason) override { note("closed:" + std::string(text_of(end_reason_of(reason)))); }

  std::string take() { return std::exchange(log, {}); }
  void note(const std::string& what) { log += (log.empty() ? "" : " ") + what; }
  std::string log;
};

struct SessionTest : testing::Test {
  Session make(Transport transport) { return Session(io, settings, transport, at(0)); }
  static Instant at(int ms) { return Instant{} + seconds(1000) + milliseconds(ms); }
  static void say(Session& session, const std::string& message) {
    session.send(base::Frame::make({}, {"4", message}, false));
  }
  Received give(Session& session, std::string_view text, int ms = 0) {
    return session.receive(parse_packet(text), at(ms));
  }
  void upgrade(Session& session) {
    ASSERT_TRUE(session.probe_arrived(at(0)));
    session.probe_packet(parse_packet("2probe"));
    session.probe_packet(parse_packet("5"));
    io.take();
  }

  Settings settings{milliseconds(300), milliseconds(200), milliseconds(1000), 1000, 100, true};
  Script io;
};

TEST_F(SessionTest, TheOpenPacketHasExactlyTheFiveKeys) {
  EXPECT_EQ(
      Session::open_packet("abc", settings, Transport::polling),
      R"(0{"sid":"abc","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})");
  EXPECT_EQ(Session::open_packet("abc", settings, Transport::websocket),
            R"(0{"sid":"abc","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000})");
}

TEST(EndReasons, HaveTheTextsThatClientsAndMetricsKnow) {
  constexpr const char* kTexts[] = {"transport close",
                                    "transport error",
                                    "ping timeout",
                                    "parse error",
                                    "forced close",
                                    "slow consumer",
                                    "client namespace disconnect",
                                    "server namespace disconnect"};
  for (std::size_t i = 0; i < kEndReasons; ++i) EXPECT_EQ(text_of(static_cast<EndReason>(i)), kTexts[i]);
}

TEST_F(SessionTest, APollIsAnsweredWithAllThatIsBuffered) {
  Session session = make(Transport::polling);
  say(session, "a");
  say(session, "b");
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(),
            "poll:4a\x1e"
            "4b");
}

TEST_F(SessionTest, APollWaitsUntilThereIsSomething) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "");
  say(session, "late");
  session.flush();
  EXPECT_EQ(io.take(), "poll:4late");
}

TEST_F(SessionTest, TwoPollsAtOnceCloseTheSession) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  EXPECT_FALSE(session.poll_arrived(at(0)));
  EXPECT_EQ(io.take(), "poll:1 closed:transport error");
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, TwoPostsAtOnceCloseTheSession) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.post_arrived(at(0)));
  EXPECT_FALSE(session.post_arrived(at(0)));
  EXPECT_EQ(io.take(), "closed:transport error");
}

TEST_F(SessionTest, OnePostAfterTheOtherIsFine) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.post_arrived(at(0)));
  session.post_finished();
  EXPECT_TRUE(session.post_arrived(at(0)));
}

TEST_F(SessionTest, APollThatIsDroppedClosesTheSessionAtOnce) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.poll_lost();
  EXPECT_EQ(io.take(), "closed:transport close");
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, ACloseByTheClientAnswersTheWaitingPollWithNoop) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  EXPECT_EQ(give(session, "1"), Received::closed);
  EXPECT_EQ(io.take(), "poll:6 closed:transport close");
}

TEST_F(SessionTest, APacketThatDoesNotParseClosesTheSessionAndTheWaitingPoll) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  EXPECT_EQ(give(session, "abc"), Received::closed);
  EXPECT_EQ(io.take(), "poll:1 closed:parse error");
}

TEST_F(SessionTest, PacketsThatOnlyServersSendAreFaults) {
  for (const char* packet : {"0{}", "2", "5", "6"}) {
    Session session = make(Transport::websocket);
    EXPECT_EQ(give(session, packet), Received::closed) << packet;
    EXPECT_EQ(io.take(), "close-ws closed:parse error") << packet;
  }
}

TEST_F(SessionTest, PingsComeAnIntervalAfterTheOpeningAndAfterEachPong) {
  Session session = make(Transport::websocket);
  EXPECT_EQ(session.deadline(), at(300));
  session.tick(at(299));
  EXPECT_EQ(io.take(), "");
  session.tick(at(300));
  EXPECT_EQ(io.take(), "ws:2");
  give(session, "3", 350);
  EXPECT_EQ(session.deadline(), at(650));
  session.tick(at(650));
  EXPECT_EQ(io.take(), "ws:2");
}

TEST_F(SessionTest, KnowsWhenItLastHeardOfItsClient) {
  Session session = make(Transport::websocket);
  EXPECT_EQ(session.last_heard(), at(0));
  session.tick(at(300));  // a ping
  EXPECT_EQ(session.last_heard(), at(0));
  give(session, "3", 350);
  EXPECT_EQ(session.last_heard(), at(350));
  session.tick(at(660));  // late
  EXPECT_EQ(session.last_heard(), at(350));
  give(session, "4message", 670);
  EXPECT_EQ(session.last_heard(), at(350));
}

TEST_F(SessionTest, NoPongWithinTheTimeoutClosesIt) {
  Session session = make(Transport::websocket);
  session.tick(at(300));
  io.take();
  EXPECT_EQ(session.deadline(), at(500));
  session.tick(at(499));
  EXPECT_FALSE(session.closed());
  session.tick(at(500));
  EXPECT_EQ(io.take(), "close-ws closed:ping timeout");
}

TEST_F(SessionTest, ALateTurnOfTheLoopDoesNotLengthenTheDeadline) {
  Session session = make(Transport::websocket);
  session.tick(at(370));
  EXPECT_EQ(session.deadline(), at(500));
  Session stalled = make(Transport::polling);
  io.take();
  stalled.tick(at(500));
  EXPECT_EQ(io.take(), "closed:ping timeout");
}

TEST_F(SessionTest, OtherTrafficIsNoSubstituteForAPong) {
  Session session = make(Transport::websocket);
  session.tick(at(300));
  EXPECT_EQ(give(session, "4hello", 400), Received::message);
  EXPECT_EQ(session.deadline(), at(500));
}

TEST_F(SessionTest, APongNobodyAskedForDoesNotPutTheNextPingOff) {
  Session session = make(Transport::websocket);
  give(session, "3", 200);
  EXPECT_EQ(session.deadline(), at(300));
}

TEST_F(SessionTest, AnUpgradeHandsEverythingOverInOrder) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  ASSERT_TRUE(session.probe_arrived(at(0)));
  session.probe_packet(parse_packet("2probe"));
  EXPECT_EQ(io.take(), "probe:3probe poll:6");
  say(session, "a");  // still by polling
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "poll:4a");
  say(session, "b");
  session.probe_packet(parse_packet("5"));
  EXPECT_EQ(io.take(), "switch ws:4b");
  say(session, "c");
  EXPECT_EQ(io.take(), "ws:4c");
  EXPECT_EQ(session.transport(), Transport::websocket);
}

TEST_F(SessionTest, APollThatArrivesDuringTheProbeEndsWithNoop) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  session.probe_packet(parse_packet("2probe"));
  io.take();
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "poll:6");
}

TEST_F(SessionTest, APollStillWaitingAtTheUpgradeIsAnswered) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  session.probe_packet(parse_packet("2probe"));
  io.take();
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.probe_packet(parse_packet("5"));
  EXPECT_EQ(io.take(), "poll:6 switch");
}

TEST_F(SessionTest, AnythingElseOnTheProbeClosesItAndPollingGoesOn) {
  for (const char* packet : {"4hello", "5", "2", "3probe", "x"}) {
    Session session = make(Transport::polling);
    ASSERT_TRUE(session.probe_arrived(at(0)));
    session.probe_packet(parse_packet(packet));
    EXPECT_EQ(io.take(), "close-probe") << packet;
    EXPECT_FALSE(session.closed());
    EXPECT_TRUE(session.probe_arrived(at(1))) << "another try is allowed";
  }
}

TEST_F(SessionTest, AProbeThatIsNotCompletedInTimeIsClosedAndPollingGoesOn) {
  settings.ping_interval = milliseconds(5000);
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  EXPECT_EQ(session.deadline(), at(1000));
  session.tick(at(1000));
  EXPECT_EQ(io.take(), "close-probe");
  EXPECT_FALSE(session.closed());
}

TEST_F(SessionTest, ASecondWebsocketIsRefusedWhileUpgradingAndAfter) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  EXPECT_FALSE(session.probe_arrived(at(0)));
  session.probe_lost();
  upgrade(session);
  EXPECT_FALSE(session.probe_arrived(at(0)));
  EXPECT_FALSE(session.closed());
}

TEST_F(SessionTest, APongStillDueIsStillDueAfterTheUpgrade) {
  Session session = make(Transport::polling);
  session.tick(at(300));
  upgrade(session);
  EXPECT_EQ(session.deadline(), at(500));
  session.tick(at(500));
  EXPECT_EQ(io.take(), "close-ws closed:ping timeout");
}

TEST_F(SessionTest, ClosingDuringTheProbeTakesBothTransports) {
  Session session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  ASSERT_TRUE(session.probe_arrived(at(0)));
  give(session, "1");
  EXPECT_EQ(io.take(), "poll:6 close-probe closed:transport close");
}

TEST_F(SessionTest, AServersCloseComesByAPollOfItsOwnAfterTheLastMessages) {
  Session session = make(Transport::polling);
  say(session, "last words");
  session.close(CloseReason::forced_close);
  EXPECT_EQ(io.take(), "closed:forced close");
  EXPECT_TRUE(session.closed());
  EXPECT_FALSE(session.finished());
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "poll:4last words");
  EXPECT_FALSE(session.finished());
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "poll:1");
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, AServersCloseThatNobodyFetchesIsForgottenAfterAWhile) {
  Session session = make(Transport::polling);
  session.close(CloseReason::forced_close);
  session.tick(session.deadline());
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, NothingIsReceivedOrSentOnceItIsClosed) {
  Session session = make(Transport::websocket);
  session.close(CloseReason::forced_close);
  EXPECT_EQ(io.take(), "close-ws closed:forced close");
  EXPECT_EQ(give(session, "4hello"), Received::closed);
  say(session, "hello");
  session.close(CloseReason::forced_close);
  EXPECT_EQ(io.take(), "");
}

TEST_F(SessionTest, APollingClientThatDoesNotFetchIsClosedAtTheLimit) {
  Session session = make(Transport::polling);
  say(session, std::string(500, 'x'));  // one message may be of any size
  say(session, std::string(98, 'y'));
  EXPECT_FALSE(session.closed());
  say(session, "z");
  EXPECT_EQ(io.take(), "closed:slow consumer");
}

struct SilenceTest : SessionTest {
  SilenceTest() {
    settings.ping_interval = seconds(100);
    settings.poll_gap = milliseconds(500);
  }
};

TEST_F(SilenceTest, APollingSessionThatNobodyPollsIsOverAfterTheGap) {
  Session session = make(Transport::polling);
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(500));
  session.tick(at(499));
  EXPECT_FALSE(session.closed());
  session.tick(at(500));
  EXPECT_TRUE(session.finished());
  EXPECT_EQ(io.take(), "closed:transport close");
}

TEST_F(SilenceTest, ThereIsNoGapWhileSomethingServesTheSession) {
  Session session = make(Transport::polling);
  session.look(at(0));
  ASSERT_TRUE(session.poll_arrived(at(100)));
  session.look(at(100));
  EXPECT_EQ(session.deadline(), at(100'000));
  say(session, "a");
  session.flush();
  session.look(at(200));
  EXPECT_EQ(session.deadline(), at(700)) << "from the answer on";
  ASSERT_TRUE(session.post_arrived(at(300)));
  session.look(at(300));
  EXPECT_EQ(session.deadline(), at(100'000));
  session.post_finished();
  session.look(at(400));
  EXPECT_EQ(session.deadline(), at(900));
  ASSERT_TRUE(session.probe_arrived(at(500)));
  session.look(at(500));
  EXPECT_EQ(session.deadline(), at(1500)) << "of the upgrade";
  session.probe_lost();
  session.look(at(600));
  EXPECT_EQ(session.deadline(), at(1100));
}

TEST_F(SilenceTest, APollThatIsAnsweredAtOnceBeginsTheGapAnew) {
  Session session = make(Transport::polling);
  session.look(at(0));
  say(session, "a");
  ASSERT_TRUE(session.poll_arrived(at(400)));
  session.flush();
  session.look(at(400));
  EXPECT_EQ(session.deadline(), at(900));
}

TEST_F(SilenceTest, WhoFetchesALongAnswerHasMoreTime) {
  settings.max_buffered_bytes = 100'000;
  Session session = make(Transport::polling);
  say(session, std::string(50'000, 'x'));
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(5500));
}

TEST_F(SilenceTest, AStrangerMayBeginAsLateAsItLikes) {
  Session session = make(Transport::polling);
  session.limit_silence(false);
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(100'000));
  session.tick(at(30'000));
  EXPECT_FALSE(session.closed());
  session.limit_silence(true);
  session.look(at(30'000));
  EXPECT_EQ(session.deadline(), at(30'500)) << "from now on, and not from the opening";
}

TEST_F(SilenceTest, WhoWasSlowToComeOfLateHasMoreTime) {
  Session session = make(Transport::polling);
  session.limit_silence(false);
  session.look(at(0));
  ASSERT_TRUE(session.post_arrived(at(7000)));
  session.look(at(7000));
  session.post_finished();
  session.limit_silence(true);
  session.look(at(8000));
  EXPECT_EQ(session.deadline(), at(22'500)) << "twice what it took";
  ASSERT_TRUE(session.poll_arrived(at(9000)));
  say(session, "a");
  session.flush();
  session.look(at(9000));
  EXPECT_EQ(session.deadline(), at(15'500)) << "half of it is forgotten, for it was quick since";
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(session.poll_arrived(at(9000)));
    say(session, "a");
    session.flush();
    session.look(at(9000));
  }
  EXPECT_EQ(session.deadline(), at(9500)) << "and all of it in the end";
}

TEST_F(SilenceTest, AWebsocketHasNoGap) {
  Session session = make(Transport::websocket);
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(100'000));
}

}  // namespace
}  // namespace rollcall::engineio
