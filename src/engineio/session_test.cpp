#include "engineio/session.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/kinds.hpp"

namespace rollcall::engineio {
namespace {

// Writes down what a session wants done; `take()` returns it and begins anew.
struct Script {
  std::string take() { return std::exchange(log, {}); }
  void note(const std::string& what) { log += (log.empty() ? "" : " ") + what; }
  std::string log;
};

base::FrameRef frame_of(std::string_view type, std::string_view text) {
  return base::Frame::make({}, {type, text}, false);
}

// A session whose actions are written down after each step.
class Driven : public Session {
 public:
  Driven(Script& script, const Settings& settings, Transport transport, Instant now)
      : Session(settings, transport, now), script_(script) {}

  void send(base::FrameRef frame) {
    if (sends_at_once()) return script_.note("ws:" + std::string(frame->packet()));
    keep(std::move(frame), out_);
    carry_out();
  }
  void flush() {
    step([&] { Session::flush(out_); });
  }
  void close(CloseReason reason) {
    step([&] { Session::close(reason, out_); });
  }
  bool poll_arrived(Instant now) {
    return step([&] { return Session::poll_arrived(now, out_); });
  }
  void poll_lost() {
    step([&] { Session::poll_lost(out_); });
  }
  bool post_arrived(Instant now) {
    return step([&] { return Session::post_arrived(now, out_); });
  }
  Received receive(const std::optional<Packet>& packet, Instant now) {
    return step([&] { return Session::receive(packet, now, out_); });
  }
  void probe_packet(const std::optional<Packet>& packet) {
    step([&] { Session::probe_packet(packet, out_); });
  }
  void tick(Instant now) {
    step([&] { Session::tick(now, out_); });
  }

 private:
  template <class Step>
  std::invoke_result_t<Step> step(Step&& take) {
    struct After {
      Driven& driven;
      ~After() { driven.carry_out(); }
    } after{*this};
    return take();
  }
  void carry_out() {
    const Actions::Kinds todo = out_.take();
    const std::string body = std::move(out_.body);
    const std::vector<base::FrameRef> waiting = std::move(out_.waiting);
    const CloseReason reason = out_.reason;
    if (todo & Actions::confirm_probe) script_.note("probe:3probe");
    if (todo & Actions::answer_poll) script_.note("poll:" + body);
    if (todo & Actions::close_probe) script_.note("close-probe");
    if (todo & Actions::probe_becomes_transport) script_.note("switch");
    for (const base::FrameRef& frame : waiting) script_.note("ws:" + std::string(frame->packet()));
    if (todo & Actions::send_ping) {
      transport() == Transport::websocket ? script_.note("ws:2") : send(frame_of("2", ""));
    }
    if (todo & Actions::close_websocket) script_.note("close-ws");
    if (todo & Actions::close) script_.note("closed:" + std::string(name_of(end_reason_of(reason))));
  }

  Script& script_;
  Actions out_;
};

struct SessionTest : testing::Test {
  Driven make(Transport transport) { return {io, settings, transport, at(0)}; }
  static Instant at(int ms) { return Instant{} + seconds(1000) + milliseconds(ms); }
  static void say(Driven& session, const std::string& message) { session.send(frame_of("4", message)); }
  Received give(Driven& session, std::string_view text, int ms = 0) {
    return session.receive(parse_packet(text), at(ms));
  }
  void upgrade(Driven& session) {
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
  for (std::size_t i = 0; i < base::kKinds<EndReason>; ++i)
    EXPECT_EQ(name_of(static_cast<EndReason>(i)), kTexts[i]);
}

TEST_F(SessionTest, APollIsAnsweredWithAllThatIsBuffered) {
  Driven session = make(Transport::polling);
  say(session, "a");
  say(session, "b");
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(),
            "poll:4a\x1e"
            "4b");
}

TEST_F(SessionTest, APollWaitsUntilThereIsSomething) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "");
  say(session, "late");
  session.flush();
  EXPECT_EQ(io.take(), "poll:4late");
}

TEST_F(SessionTest, TwoPollsAtOnceCloseTheSession) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  EXPECT_FALSE(session.poll_arrived(at(0)));
  EXPECT_EQ(io.take(), "poll:1 closed:transport error");
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, TwoPostsAtOnceCloseTheSession) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.post_arrived(at(0)));
  EXPECT_FALSE(session.post_arrived(at(0)));
  EXPECT_EQ(io.take(), "closed:transport error");
}

TEST_F(SessionTest, OnePostAfterTheOtherIsFine) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.post_arrived(at(0)));
  session.post_finished();
  EXPECT_TRUE(session.post_arrived(at(0)));
}

TEST_F(SessionTest, APollThatIsDroppedClosesTheSessionAtOnce) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.poll_lost();
  EXPECT_EQ(io.take(), "closed:transport close");
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, ACloseByTheClientAnswersTheWaitingPollWithNoop) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  EXPECT_EQ(give(session, "1"), Received::closed);
  EXPECT_EQ(io.take(), "poll:6 closed:transport close");
}

TEST_F(SessionTest, APollThatTheClientsCloseOvertookIsAnswered) {
  Driven session = make(Transport::polling);
  say(session, "nobody waits for it");
  ASSERT_TRUE(session.probe_arrived(at(0)));
  EXPECT_EQ(give(session, "1"), Received::closed);
  EXPECT_EQ(io.take(), "close-probe closed:transport close");
  EXPECT_FALSE(session.finished());
  EXPECT_FALSE(session.post_arrived(at(0)));
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "poll:6");
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, AClientsCloseIsForgottenTwoSecondsLater) {
  Driven session = make(Transport::polling);
  EXPECT_EQ(give(session, "1"), Received::closed);
  EXPECT_EQ(session.deadline(), at(2000));
  session.tick(at(2000));
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, APacketThatDoesNotParseClosesTheSessionAndTheWaitingPoll) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  EXPECT_EQ(give(session, "abc"), Received::closed);
  EXPECT_EQ(io.take(), "poll:1 closed:parse error");
}

TEST_F(SessionTest, PacketsThatOnlyServersSendAreFaults) {
  for (const char* packet : {"0{}", "2", "5", "6"}) {
    Driven session = make(Transport::websocket);
    EXPECT_EQ(give(session, packet), Received::closed) << packet;
    EXPECT_EQ(io.take(), "close-ws closed:parse error") << packet;
  }
}

TEST_F(SessionTest, PingsComeAnIntervalAfterTheOpeningAndAfterEachPong) {
  Driven session = make(Transport::websocket);
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
  Driven session = make(Transport::websocket);
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
  Driven session = make(Transport::websocket);
  session.tick(at(300));
  io.take();
  EXPECT_EQ(session.deadline(), at(500));
  session.tick(at(499));
  EXPECT_FALSE(session.closed());
  session.tick(at(500));
  EXPECT_EQ(io.take(), "close-ws closed:ping timeout");
}

TEST_F(SessionTest, ALateTurnOfTheLoopDoesNotLengthenTheDeadline) {
  Driven session = make(Transport::websocket);
  session.tick(at(370));
  EXPECT_EQ(session.deadline(), at(500));
  Driven stalled = make(Transport::polling);
  io.take();
  stalled.tick(at(500));
  EXPECT_EQ(io.take(), "closed:ping timeout");
}

TEST_F(SessionTest, OtherTrafficIsNoSubstituteForAPong) {
  Driven session = make(Transport::websocket);
  session.tick(at(300));
  EXPECT_EQ(give(session, "4hello", 400), Received::message);
  EXPECT_EQ(session.deadline(), at(500));
}

TEST_F(SessionTest, APongNobodyAskedForDoesNotPutTheNextPingOff) {
  Driven session = make(Transport::websocket);
  give(session, "3", 200);
  EXPECT_EQ(session.deadline(), at(300));
}

TEST_F(SessionTest, AnUpgradeHandsEverythingOverInOrder) {
  Driven session = make(Transport::polling);
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
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  session.probe_packet(parse_packet("2probe"));
  io.take();
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  EXPECT_EQ(io.take(), "poll:6");
}

TEST_F(SessionTest, APollStillWaitingAtTheUpgradeIsAnswered) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  session.probe_packet(parse_packet("2probe"));
  io.take();
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.probe_packet(parse_packet("5"));
  EXPECT_EQ(io.take(), "poll:6 switch");
}

TEST_F(SessionTest, AnythingElseOnTheProbeClosesItAndPollingGoesOn) {
  for (const char* packet : {"4hello", "5", "2", "3probe", "x"}) {
    Driven session = make(Transport::polling);
    ASSERT_TRUE(session.probe_arrived(at(0)));
    session.probe_packet(parse_packet(packet));
    EXPECT_EQ(io.take(), "close-probe") << packet;
    EXPECT_FALSE(session.closed());
    EXPECT_TRUE(session.probe_arrived(at(1))) << "another try is allowed";
  }
}

TEST_F(SessionTest, AProbeThatIsNotCompletedInTimeIsClosedAndPollingGoesOn) {
  settings.ping_interval = milliseconds(5000);
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  EXPECT_EQ(session.deadline(), at(1000));
  session.tick(at(1000));
  EXPECT_EQ(io.take(), "close-probe");
  EXPECT_FALSE(session.closed());
}

TEST_F(SessionTest, ASecondWebsocketIsRefusedWhileUpgradingAndAfter) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.probe_arrived(at(0)));
  EXPECT_FALSE(session.probe_arrived(at(0)));
  session.probe_lost();
  upgrade(session);
  EXPECT_FALSE(session.probe_arrived(at(0)));
  EXPECT_FALSE(session.closed());
}

TEST_F(SessionTest, APongStillDueIsStillDueAfterTheUpgrade) {
  Driven session = make(Transport::polling);
  session.tick(at(300));
  upgrade(session);
  EXPECT_EQ(session.deadline(), at(500));
  session.tick(at(500));
  EXPECT_EQ(io.take(), "close-ws closed:ping timeout");
}

TEST_F(SessionTest, ClosingDuringTheProbeTakesBothTransports) {
  Driven session = make(Transport::polling);
  ASSERT_TRUE(session.poll_arrived(at(0)));
  ASSERT_TRUE(session.probe_arrived(at(0)));
  give(session, "1");
  EXPECT_EQ(io.take(), "poll:6 close-probe closed:transport close");
}

TEST_F(SessionTest, AServersCloseComesByAPollOfItsOwnAfterTheLastMessages) {
  Driven session = make(Transport::polling);
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
  Driven session = make(Transport::polling);
  session.close(CloseReason::forced_close);
  session.tick(session.deadline());
  EXPECT_TRUE(session.finished());
}

TEST_F(SessionTest, NothingIsReceivedOrSentOnceItIsClosed) {
  Driven session = make(Transport::websocket);
  session.close(CloseReason::forced_close);
  EXPECT_EQ(io.take(), "close-ws closed:forced close");
  EXPECT_EQ(give(session, "4hello"), Received::closed);
  say(session, "hello");
  session.close(CloseReason::forced_close);
  EXPECT_EQ(io.take(), "");
}

TEST_F(SessionTest, APollingClientThatDoesNotFetchIsClosedAtTheLimit) {
  Driven session = make(Transport::polling);
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
  Driven session = make(Transport::polling);
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(500));
  session.tick(at(499));
  EXPECT_FALSE(session.closed());
  session.tick(at(500));
  EXPECT_TRUE(session.finished());
  EXPECT_EQ(io.take(), "closed:transport close");
}

TEST_F(SilenceTest, ThereIsNoGapWhileSomethingServesTheSession) {
  Driven session = make(Transport::polling);
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
  Driven session = make(Transport::polling);
  session.look(at(0));
  say(session, "a");
  ASSERT_TRUE(session.poll_arrived(at(400)));
  session.flush();
  session.look(at(400));
  EXPECT_EQ(session.deadline(), at(900));
}

TEST_F(SilenceTest, WhoFetchesALongAnswerHasMoreTime) {
  settings.max_buffered_bytes = 100'000;
  Driven session = make(Transport::polling);
  say(session, std::string(50'000, 'x'));
  ASSERT_TRUE(session.poll_arrived(at(0)));
  session.flush();
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(5500));
}

TEST_F(SilenceTest, AStrangerMayBeginAsLateAsItLikes) {
  Driven session = make(Transport::polling);
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
  Driven session = make(Transport::polling);
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
  Driven session = make(Transport::websocket);
  session.look(at(0));
  EXPECT_EQ(session.deadline(), at(100'000));
}

}  // namespace
}  // namespace rollcall::engineio
