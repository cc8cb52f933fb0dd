// What is told of changes, and when, as the load grows and falls.
#include "presence/announcer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "presence/test_changes.hpp"

namespace rollcall::presence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Telling : public testing::Test {
 protected:
  void online(const std::string& user) { take(came(user)); }
  void offline(const std::string& user) { take(left(user)); }
  void take(UserChanged change) {
    changes_ = {std::move(change)};
    announcer_.take(changes_, receivers_, now_, news_);
  }
  // As the hub does: the deadlines that fall into that time are kept.
  void pass(milliseconds span) {
    const Instant until = now_ + span;
    while (announcer_.deadline() && *announcer_.deadline() <= until) {
      now_ = std::max(now_, *announcer_.deadline());
      announcer_.tick(receivers_, now_, news_);
    }
    now_ = until;
  }
  // Up to the budget of 100 a second with 10 receivers, then one too many.
  void overload() {
    for (int i = 0; i < 11; ++i) online("load" + std::to_string(i));
    news();
  }
  std::vector<std::string> news() {
    std::vector<std::string> words;
    for (const Announcement& one : news_) {
      if (const auto* mode = std::get_if<ModeChanged>(&one)) {
        words.push_back("mode " + std::to_string(mode->window.count()));
      } else {
        const auto& change = std::get<UserChanged>(one);
        words.push_back((is_online(change) ? "+" : "-") + change.user_id);
      }
    }
    news_.clear();
    return words;
  }

  Announcer announcer_{{100, milliseconds(1000), 1}};
  std::size_t receivers_ = 10;
  Instant now_{seconds(1000)};
  std::vector<UserChanged> changes_;
  std::vector<Announcement> news_;
};

TEST_F(Telling, IsLiveWithinTheBudget) {
  online("ann");
  offline("ann");
  EXPECT_THAT(news(), ElementsAre("+ann", "-ann"));
  EXPECT_FALSE(announcer_.deadline());
  EXPECT_EQ(announcer_.window(), milliseconds(0));
}

TEST_F(Telling, BeyondItTheModeIsToldAndChangesWaitForTheWindowsEnd) {
  for (int i = 0; i < 10; ++i) online("u" + std::to_string(i));
  EXPECT_THAT(news(), SizeIs(10));
  online("ann");
  EXPECT_THAT(news(), ElementsAre("mode 200"));  // 10 receivers / (100 - 110 / 20): 106 ms at least
  online("bob");
  pass(milliseconds(199));
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds(1));
  EXPECT_THAT(news(), ElementsAre("+ann", "+bob"));
}

TEST_F(Telling, EachWindowBeginsWithItsFirstChange) {
  overload();
  pass(milliseconds(900));
  news();
  online("ann");
  pass(milliseconds(199));
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds(1));
  EXPECT_THAT(news(), ElementsAre("+ann"));
}

TEST_F(Telling, AWiderWindowIsToldWithTheChanges) {
  overload();
  pass(milliseconds(200));
  news();
  for (int i = 0; i < 90; ++i) online("u" + std::to_string(i));  // more than 1,000 deliveries in a second
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds(200));
  const auto told = news();
  EXPECT_EQ(told.size(), Announcer::kMostAtOnce + 1);
  EXPECT_EQ(told.back(), "mode 400");
}

TEST_F(Telling, WhoCameAndWentUnseenIsNotToldOf) {
  overload();
  pass(milliseconds(200));
  news();
  online("ann");
  offline("ann");
  online("bob");
  announcer_.read("bob");
  offline("bob");
  pass(milliseconds(200));
  EXPECT_THAT(news(), ElementsAre("+bob", "-bob"));
}

TEST_F(Telling, TooMuchForOneTellingFollowsAtThePaceOfTheBudget) {
  overload();
  pass(milliseconds(200));
  news();
  receivers_ = 1;
  for (int i = 0; i < 120; ++i) online("u" + std::to_string(i));
  pass(milliseconds(200));
  EXPECT_THAT(news(), SizeIs(50));
  pass(milliseconds(16));
  EXPECT_THAT(news(), IsEmpty());
  pass(milliseconds(1));  // one send, and 50 deliveries at a twentieth: 3.5, of twice 100 a second
  EXPECT_THAT(news(), SizeIs(50));
  pass(milliseconds(17));
  EXPECT_THAT(news(), SizeIs(20));
}

TEST_F(Telling, WhenItIsCalmAgainEverythingIsToldAndLiveAgain) {
  overload();
  pass(milliseconds(7100));
  news();
  online("ann");
  EXPECT_THAT(news(), ElementsAre("+ann"));
  EXPECT_FALSE(announcer_.deadline());
  EXPECT_EQ(announcer_.held(), 0U);
}

TEST_F(Telling, TheReturnIsToldAfterWhatWasHeld) {
  overload();
  pass(milliseconds(400));
  std::vector<std::string> told;
  for (int i = 0; i < 20 && told.empty(); ++i) {
    news();
    online("ann");  // every half second: one of the windows is open when the load is reviewed
    announcer_.read("ann");
    offline("ann");
    pass(milliseconds(500));
    if (announcer_.window() == milliseconds(0)) told = news();
  }
  EXPECT_THAT(told, ElementsAre("+ann", "-ann", "mode 0"));
  EXPECT_EQ(announcer_.held(), 0U);
}

TEST_F(Telling, WithoutABudgetEverythingIsLive) {
  announcer_ = Announcer({0, milliseconds(1000)});
  receivers_ = 1'000'000;
  for (int i = 0; i < 100; ++i) online("u" + std::to_string(i));
  EXPECT_THAT(news(), SizeIs(100));
  EXPECT_FALSE(announcer_.deadline());
}

}  // namespace
}  // namespace rollcall::presence
