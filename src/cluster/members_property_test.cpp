// Some nodes that watch each other, with a table in place of Redis. They stop for a while, die, drain, and
// get their answers late; the table itself stands still at times. Whatever happens, only nodes that were
// stopped for long are buried, and dead ones are as long as another node lives.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "cluster/members.hpp"

namespace rollcall::cluster {
namespace {

constexpr milliseconds kStep{100};
// A node that runs beats once a second, and up to three seconds later if its last answer is late.
constexpr milliseconds kLate{4000};
constexpr milliseconds kFoundDeadWithin{29'000};  // 5 + 20, and a beat or two for each window

struct Row {
  MemberRow row;
  Instant last_beat;
};

struct Asked {
  Instant sent, due;
  std::vector<MemberRow> rows;
};

struct Node {
  explicit Node(Incarnation node) : incarnation(node), members(node, {}) {}

  Incarnation incarnation;
  Members members;
  bool dead = false;
  bool draining = false;
  Instant next_beat{};
  Instant stopped_until{};
  Instant last_ran{};
  std::optional<Asked> asked;
};

class World {
 public:
  explicit World(std::size_t nodes) {
    for (std::size_t i = 0; i < nodes; ++i) {
      nodes_.emplace_back(Incarnation{i + 1});
      rows_[i + 1] = {{Incarnation{i + 1}}, now_};
    }
    for (int i = 0; i < 30; ++i) step();  // until they have seen each other alive
  }

  Node& node(std::size_t i) { return nodes_[i % nodes_.size()]; }
  void stop(Node& node, milliseconds time) { node.stopped_until = now_ + time; }
  void stop_table(milliseconds time) { table_stopped_until_ = now_ + time; }
  void slow_down(milliseconds answer) { answer_ = answer; }

  void step() {
    now_ += kStep;
    for (Node& node : nodes_) {
      if (node.dead || node.stopped_until > now_) continue;
      node.last_ran = now_;
      if (table_stopped_until_ > now_) continue;
      if (node.asked && node.asked->due <= now_) take_answer(node);
      if (!node.asked && node.next_beat <= now_) beat(node);
    }
  }

  bool buried(const Node& node) const {
    return rows_.at(node.incarnation.value).row.state == MemberState::gone;
  }

 private:
  void beat(Node& node) {
    Row& own = rows_.at(node.incarnation.value);
    if (own.row.state == MemberState::gone) {
      node.dead = true;  // it would go on as another incarnation
      return;
    }
    own.row.state = node.draining ? MemberState::leaving : MemberState::up;
    ++own.row.beat;
    own.last_beat = now_;
    node.next_beat = now_ + seconds(1);
    node.asked = Asked{now_, now_ + answer_, {}};
    for (const auto& [number, row] : rows_) {
      node.asked->rows.push_back(row.row);
      node.asked->rows.back().silent = std::chrono::duration_cast<milliseconds>(now_ - row.last_beat);
    }
  }

  void take_answer(Node& node) {
    const Asked asked = *std::exchange(node.asked, std::nullopt);
    std::vector<Verdict> verdicts;
    node.members.take_beats(asked.rows, asked.sent, now_, verdicts);
    for (const Verdict& verdict : verdicts) std::visit([&](const auto& known) { carry_out(known); }, verdict);
  }

  void carry_out(const Accuse& accuse) {
    MemberRow& row = rows_.at(accuse.node.value).row;
    if (row.state != MemberState::up || row.beat != accuse.beat) return;
    row.state = MemberState::suspect;
    ++row.suspicion;
  }

  void carry_out(const Bury& bury) {
    Row& known = rows_.at(bury.node.value);
    if (known.row.beat != bury.beat || known.row.suspicion != bury.suspicion) return;
    if (known.row.state == MemberState::gone) return;
    const seconds silence(known.row.state == MemberState::leaving ? 20 : 25);
    RC_ASSERT(now_ - known.last_beat >= silence);
    RC_ASSERT(now_ - nodes_[bury.node.value - 1].last_ran >= silence - kLate);
    known.row.state = MemberState::gone;
  }

  Instant now_ = Instant{} + seconds(1000);
  Instant table_stopped_until_{};
  milliseconds answer_{0};
  std::map<std::uint64_t, Row> rows_;
  std::vector<Node> nodes_;
};

void disturb(World& world) {
  Node& node = world.node(*rc::gen::inRange<std::size_t>(0, 5));
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      world.stop(node, milliseconds(*rc::gen::inRange(100, 60'000)));
      break;
    case 1:
      world.stop_table(milliseconds(*rc::gen::inRange(100, 60'000)));
      break;
    case 2:
      world.slow_down(milliseconds(*rc::gen::inRange(0, 3000)));
      break;
    case 3:
      node.draining = true;
      break;
    case 4:
      node.dead = true;
      break;
    default:
      world.slow_down(milliseconds(0));
  }
}

TEST(MembersProperty, OnlyTheSilentAreBuried) {
  EXPECT_TRUE(rc::check([] {
    World world(*rc::gen::inRange<std::size_t>(2, 6));
    for (auto left = *rc::gen::inRange(1, 12); left > 0; --left) {
      disturb(world);
      for (auto steps = *rc::gen::inRange(0, 600); steps > 0; --steps) world.step();
    }
  }));
}

TEST(MembersProperty, TheDeadAreBuriedWhileSomebodyLives) {
  EXPECT_TRUE(rc::check([] {
    World world(*rc::gen::inRange<std::size_t>(2, 6));
    for (auto steps = *rc::gen::inRange(0, 100); steps > 0; --steps) world.step();
    world.node(0).dead = true;
    world.node(0).draining = *rc::gen::arbitrary<bool>();
    for (auto steps = kFoundDeadWithin / kStep; steps > 0; --steps) world.step();
    RC_ASSERT(world.buried(world.node(0)));
    RC_ASSERT(!world.buried(world.node(1)));
  }));
}

}  // namespace
}  // namespace rollcall::cluster
