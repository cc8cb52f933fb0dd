#include "cluster/members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rollcall::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Incarnation kOwn{1};
constexpr Incarnation kOther{2};

// What is said, as text.
std::vector<std::string> words_of(const std::vector<Verdict>& verdicts) {
  std::vector<std::string> words;
  for (const Verdict& verdict : verdicts) {
    if (const auto* accuse = std::get_if<Accuse>(&verdict)) {
      words.push_back("accuse " + std::to_string(accuse->node.value) + " at " + std::to_string(accuse->beat));
    } else {
      const Bury& bury = std::get<Bury>(verdict);
      words.push_back("bury " + std::to_string(bury.node.value) + " at " + std::to_string(bury.beat) +
                      ", suspicion " + std::to_string(bury.suspicion));
    }
  }
  return words;
}

struct MembersTest : testing::Test {
  // One beat of ours each second, answered at once, with these rows.
  std::vector<std::string> beat(const std::vector<MemberRow>& rows, milliseconds pause = seconds(1),
                                milliseconds answer = milliseconds(1)) {
    now_ += pause;
    const Instant sent = now_;
    now_ += answer;
    std::vector<Verdict> out;
    members.take_beats(rows, sent, now_, out);
    return words_of(out);
  }
  // What is said of the row after this many beats that show it unmoved; nothing is said before.
  std::vector<std::string> after(int beats, const MemberRow& row) {
    for (int i = 0; i < beats; ++i) EXPECT_THAT(beat({row}), IsEmpty()) << i;
    return beat({row});
  }

  Members members{kOwn, {}};
  Instant now_ = Instant{} + seconds(1000);
};

TEST_F(MembersTest, ANodeWhoseBeatStandsStillForFiveSecondsIsAccused) {
  EXPECT_THAT(after(5, {kOther, MemberState::up, 7}), ElementsAre("accuse 2 at 7"));
  EXPECT_THAT(beat({{kOther, MemberState::up, 7}}),
              ElementsAre("accuse 2 at 7"));  // until Redis has heard it
}

TEST_F(MembersTest, ABeatRefutesTheSuspicion) {
  after(5, {kOther, MemberState::up, 7});
  after(10, {kOther, MemberState::suspect, 7, 1});
  EXPECT_THAT(after(5, {kOther, MemberState::up, 8, 1}), ElementsAre("accuse 2 at 8"));
}

TEST_F(MembersTest, ASuspectIsBuriedAfterTwentySecondsMore) {
  EXPECT_THAT(after(20, {kOther, MemberState::suspect, 7, 3}), ElementsAre("bury 2 at 7, suspicion 3"));
}

TEST_F(MembersTest, ANodeThatLeavesIsBuriedTwentySecondsAfterItsLastBeat) {
  for (std::uint64_t i = 0; i < 60; ++i) EXPECT_THAT(beat({{kOther, MemberState::leaving, i}}), IsEmpty());
  EXPECT_THAT(after(19, {kOther, MemberState::leaving, 59}), ElementsAre("bury 2 at 59, suspicion 0"));
}

TEST_F(MembersTest, NobodyIsBuriedTwice) {
  EXPECT_THAT(after(60, {kOther, MemberState::gone, 7}), IsEmpty());
}

TEST_F(MembersTest, ItSaysNothingOfItself) {
  EXPECT_THAT(after(60, {kOwn, MemberState::suspect, 7}), IsEmpty());
}

TEST_F(MembersTest, WhoWasStoppedBeginsAnew) {
  after(5, {kOther, MemberState::up, 7});
  EXPECT_THAT(beat({{kOther, MemberState::up, 7}}, seconds(30)), IsEmpty());
  EXPECT_THAT(after(4, {kOther, MemberState::up, 7}), ElementsAre("accuse 2 at 7"));
}

TEST_F(MembersTest, WhoGetsAnswersLateBeginsAnew) {
  after(5, {kOther, MemberState::up, 7});
  EXPECT_THAT(beat({{kOther, MemberState::up, 7}}, seconds(1), milliseconds(1000)), IsEmpty());
  EXPECT_THAT(beat({{kOther, MemberState::up, 7}}), IsEmpty());
}

TEST_F(MembersTest, ANodeOfAnEarlierLifeOfTheClusterIsBuriedAfterTwoSeconds) {
  const MemberRow old{kOther, MemberState::up, 7, 0, milliseconds(60'001)};
  EXPECT_THAT(after(2, old), ElementsAre("bury 2 at 7, suspicion 0"));
}

TEST_F(MembersTest, ANodeThatWasSeenAliveHasItsTimeToComeBackAfterAnOutageOfRedis) {
  beat({{kOther, MemberState::up, 6}});
  beat({{kOther, MemberState::up, 7}});
  const MemberRow late{kOther, MemberState::up, 7, 0, milliseconds(60'001)};
  EXPECT_THAT(beat({late}, seconds(60)), IsEmpty());
  EXPECT_THAT(after(4, late), ElementsAre("accuse 2 at 7"));
}

TEST_F(MembersTest, ANodeOfAWrongClockThatBeatsIsNotBuried) {
  for (std::uint64_t i = 0; i < 10; ++i) {
    EXPECT_THAT(beat({{kOther, MemberState::up, i, 0, milliseconds(3'600'000)}}), IsEmpty());
  }
}

TEST_F(MembersTest, KnowsTheStatesOfTheLastAnswer) {
  beat({{kOther, MemberState::suspect, 7},
        {Incarnation{3}, MemberState::gone, 9},
        {kOwn, MemberState::up, 1}});
  EXPECT_EQ(members.state(kOther), MemberState::suspect);
  EXPECT_EQ(members.state(Incarnation{3}), MemberState::gone);
  EXPECT_EQ(members.others(), 1U);
  beat({});
  EXPECT_EQ(members.state(kOther), std::nullopt);
  EXPECT_EQ(members.others(), 0U);
}

}  // namespace
}  // namespace rollcall::cluster
