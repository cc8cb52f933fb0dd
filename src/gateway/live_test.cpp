#include "gateway/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_host.hpp"

namespace rollcall::gateway {
namespace {

using server::test::Host;
using server::test::Notes;
using testing::ElementsAre;

struct Value {
  Value(int its_number, Notes& its_notes) : number(its_number), notes(its_notes) {}
  ~Value() { notes.add(std::to_string(number) + " is destroyed"); }
  const int number;
  Notes& notes;
};

ServerOptions two_workers() {
  ServerOptions options;
  options.workers = 2;
  return options;
}

TEST(Live, AReplacedValueLastsUntilEveryWorkerHasBegunAnotherTask) {
  Notes notes;
  Host host(two_workers());
  Live<const Value> live(host.server, std::make_shared<const Value>(1, notes));
  host.start();
  host.call([&] {
    const Value& held = live.get();
    live.replace(std::make_shared<const Value>(2, notes));
    EXPECT_EQ(live.get().number, 2);
    EXPECT_EQ(held.number, 1) << "still there, for this handler has not returned";
    return 0;
  });
  EXPECT_THAT(notes.await(1), ElementsAre("1 is destroyed"));
  host.stop();
}

TEST(Live, IsReadByWorkersWhileItIsReplacedFromElsewhere) {
  constexpr int kTimes = 200;
  Notes notes;
  Host host(two_workers());
  Live<const Value> live(host.server, std::make_shared<const Value>(0, notes));
  host.start();
  for (int i = 1; i <= kTimes; ++i) {
    live.replace(std::make_shared<const Value>(i, notes));
    host.server.post_to_all([&live, i] { EXPECT_GE(live.get().number, i); });
  }
  EXPECT_EQ(notes.await(kTimes).size(), static_cast<std::size_t>(kTimes));
  host.stop();
}

}  // namespace
}  // namespace rollcall::gateway
