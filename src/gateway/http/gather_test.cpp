#include "gateway/http/gather.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/sockets/bus_port.hpp"
#include "server/test_workers.hpp"

namespace rollcall::gateway {
namespace {

using server::BusPort;
using server::test::kWorkers;
using server::test::WorkersHost;
using testing::ElementsAre;

TEST(Gather, HasTheAnswerOfEveryWorker) {
  WorkersHost host;
  host.start();
  gather<unsigned>(
      host.server, [] { return 1U << BusPort::current()->index(); },
      [&](const std::vector<unsigned>& parts) {
        unsigned all = 0;
        for (const unsigned part : parts) all += part;
        host.notes.add(std::to_string(parts.size()) + " parts, " + std::to_string(all));
      },
      [&] { host.notes.add("incomplete"); });
  EXPECT_THAT(host.notes.await(1), ElementsAre("3 parts, 7"));
  static_assert(kWorkers == 3);
}

TEST(Gather, SaysSoIfAWorkerHasEnded) {
  WorkersHost host;
  host.start();
  host.stop();
  gather<int>(
      host.server, [] { return 0; }, [&](const std::vector<int>&) { host.notes.add("done"); },
      [&] { host.notes.add("incomplete"); });
  EXPECT_THAT(host.notes.await(1), ElementsAre("incomplete"));
}

}  // namespace
}  // namespace rollcall::gateway
