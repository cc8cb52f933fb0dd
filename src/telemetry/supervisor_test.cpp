// What systemd hears, on a socket like its own.
#include "telemetry/supervisor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <thread>

#include "base/test_log.hpp"
#include "gateway/http/test_api.hpp"
#include "server/test_host.hpp"

namespace rollcall::telemetry {
namespace {

using namespace gateway::test;
using base::test::CapturedLog;
using testing::Ge;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// The other end of NOTIFY_SOCKET, with a name that the system chose.
class Systemd {
 public:
  Systemd() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un any{};
    any.sun_family = AF_UNIX;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&any), sizeof(sa_family_t)), 0);
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Systemd() { close(socket_); }
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;

  std::string name() const {
    sockaddr_un bound{};
    socklen_t length = sizeof bound;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&bound), &length);
    return "@" + std::string(bound.sun_path + 1, length - offsetof(sockaddr_un, sun_path) - 1);
  }
  // The next thing it is told; empty if nothing comes.
  std::string hear() const {
    char text[512];
    const ssize_t length = recv(socket_, text, sizeof text, 0);
    return length < 0 ? "" : std::string(text, static_cast<std::size_t>(length));
  }
  // The next one with `part` in it.
  std::string hear_of(const std::string& part) const {
    std::string text;
    do {
      text = hear();
    } while (!text.empty() && text.find(part) == std::string::npos);
    return text;
  }

 private:
  int socket_;
};

class SupervisedHost {
 public:
  explicit SupervisedHost(const Supervision& supervision, const ServerOptions& options = {})
      : config(api_config()),
        host(options),
        gateway(host.server, config, std::make_shared<NameVerifier>()),
        supervisor(host.server, gateway, supervision) {}
  ~SupervisedHost() { host.stop(); }
  void start() {
    host.start();
    supervisor.start();
  }

  Config config;
  server::test::Host host;
  gateway::PresenceGateway gateway;
  Supervisor supervisor;
};

TEST(Supervision, IsWhatTheEnvironmentSays) {
  const auto found = supervision_of("/run/systemd/notify", "30000000", "7", 7);
  EXPECT_EQ(found.socket, "/run/systemd/notify");
  EXPECT_EQ(found.watchdog, milliseconds(30'000));
  EXPECT_EQ(supervision_of("@abstract", nullptr, nullptr, 7).socket, "@abstract");
  EXPECT_EQ(supervision_of("@abstract", nullptr, nullptr, 7).watchdog, milliseconds(0));
  EXPECT_EQ(supervision_of(nullptr, nullptr, nullptr, 7).socket, "");
}

TEST(Supervision, DoesNotCountIfItIsForAnother) {
  EXPECT_EQ(supervision_of("/n", "30000000", "8", 7).watchdog, milliseconds(0));
  EXPECT_EQ(supervision_of("/n", "30000000", "", 7).watchdog, milliseconds(0));
}

TEST(Supervision, IsNoneIfItMakesNoSense) {
  for (const char* socket : {"", "relative", "vsock:2:1"}) {
    EXPECT_EQ(supervision_of(socket, nullptr, nullptr, 7).socket, "") << socket;
  }
  EXPECT_EQ(supervision_of(("/" + std::string(107, 'x')).c_str(), nullptr, nullptr, 7).socket, "");
  for (const char* time : {"", "0", "-5", "5s", "99999999999999999999"}) {
    EXPECT_EQ(supervision_of("/n", time, nullptr, 7).watchdog, milliseconds(0)) << time;
  }
  EXPECT_EQ(supervision_of("/n", "9223372036854775807", nullptr, 7).watchdog, milliseconds(24 * 3'600'000));
}

TEST(Report, HasTheStatusAndASignOfLife) {
  EXPECT_EQ(report_text({}, 1, 2), "STATUS=1 user online, 2 connections\nWATCHDOG=1");
  EXPECT_EQ(
      report_text({false, "STARTING", "1 of 2 workers have not begun to turn"}, 0, 1),
      "STATUS=Not ready: 1 of 2 workers have not begun to turn (0 users online, 1 connection)\nWATCHDOG=1");
}

TEST(Report, GivesNoSignOfLifeWhileAWorkerHangs) {
  const std::string text = report_text({false, "WORKER_HUNG", "1 of 2 workers hang"}, 3, 3);
  EXPECT_EQ(text, "STATUS=Not ready: 1 of 2 workers hang (3 users online, 3 connections)");
}

TEST(Supervisor, TellsThatItIsReadyOnceAllWorkersTurn) {
  const Systemd systemd;
  ServerOptions options;
  options.workers = 2;
  SupervisedHost host({systemd.name(), {}}, options);
  host.start();
  EXPECT_EQ(systemd.hear_of("READY"), "READY=1\nSTATUS=0 users online, 0 connections\nWATCHDOG=1");
}

TEST(Report, ComesThreeTimesWithinTheWatchdogsPatienceAndEveryTenSecondsAtLeast) {
  EXPECT_EQ(report_interval(milliseconds(15'000)), milliseconds(5'000));
  EXPECT_EQ(report_interval(milliseconds(30'000)), milliseconds(10'000));
  EXPECT_EQ(report_interval(milliseconds(3'600'000)), milliseconds(10'000));
  EXPECT_EQ(report_interval(milliseconds(0)), milliseconds(10'000)) << "no watchdog";
  EXPECT_EQ(report_interval(milliseconds(1)), milliseconds(20)) << "no patience";
}

TEST(Supervisor, ReportsAgainAndAgain) {
  const Systemd systemd;
  SupervisedHost host({systemd.name(), milliseconds(60)});
  const auto start = std::chrono::steady_clock::now();
  host.start();
  systemd.hear_of("READY");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(systemd.hear(), "STATUS=0 users online, 0 connections\nWATCHDOG=1");
  EXPECT_LT(std::chrono::steady_clock::now() - start, report_interval(milliseconds(0)));
}

TEST(Supervisor, TellsThatItEndsAndHowLongThatMayTake) {
  const Systemd systemd;
  SupervisedHost host({systemd.name(), {}});
  host.start();
  systemd.hear_of("READY");
  host.host.call([&] { host.supervisor.ending(milliseconds(60'000)); });
  EXPECT_EQ(systemd.hear_of("STOPPING"),
            "STOPPING=1\nEXTEND_TIMEOUT_USEC=65000000\nSTATUS=Draining: 0 connections");
}

// The first worker reports, the second one hangs.
TEST(Supervisor, LetsTheWatchdogWaitWhileAWorkerHangs) {
  const Systemd systemd;
  ServerOptions options;
  options.workers = 2;
  options.hung_after = milliseconds(300);
  SupervisedHost host({systemd.name(), milliseconds(60)}, options);
  std::promise<void> go_on;
  const std::shared_future<void> gone_on = go_on.get_future().share();
  host.start();
  systemd.hear_of("READY");
  const auto first = host.host.call([] { return std::this_thread::get_id(); });
  host.host.server.post_to_all([first, gone_on] {
    if (std::this_thread::get_id() != first) gone_on.wait();
  });
  EXPECT_THAT(systemd.hear_of("hang"), Not(HasSubstr("WATCHDOG")));
  EXPECT_THAT(systemd.hear(), AllOf(HasSubstr("1 of 2 workers hang"), Not(HasSubstr("WATCHDOG"))));
  go_on.set_value();
  EXPECT_THAT(systemd.hear_of("WATCHDOG"), StartsWith("STATUS=0 users online"));
}

TEST(Supervisor, TellsNobodyWhereNobodyAsks) {
  CapturedLog log;
  {
    SupervisedHost host({});
    host.start();
    host.host.call([&] { host.supervisor.ending(milliseconds(1)); });
    host.host.settle();
  }
  EXPECT_THAT(log.await("systemd", 0), testing::IsEmpty()) << "it tried to";
}

TEST(Supervisor, GoesOnReportingAndServesOnIfNobodyListensAnyMore) {
  CapturedLog log;
  SupervisedHost host({"@rollcall-nobody-listens-here", milliseconds(60)});
  host.start();
  EXPECT_THAT(log.await("systemd not told", 2), SizeIs(Ge(2U)));
  EXPECT_EQ(host.host.call([] { return 7; }), 7);
}

}  // namespace
}  // namespace rollcall::telemetry
