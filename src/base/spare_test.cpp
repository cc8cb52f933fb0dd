#include "base/spare.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::base {
namespace {

TEST(Spare, GivesTheSameMemoryAgainEmpty) {
  Spare<std::string> spare;
  std::string text = spare.take();
  text.assign(100, 'x');
  const char* memory = text.data();
  spare.give(std::move(text));
  std::string again = spare.take();
  EXPECT_TRUE(again.empty());
  EXPECT_GE(again.capacity(), 100U);
  EXPECT_EQ(again.data(), memory);
}

TEST(Spare, GivesAnEmptyOneWhileItIsOut) {
  Spare<std::string> spare;
  spare.give(std::string(100, 'x'));
  const std::string first = spare.take();
  EXPECT_LT(spare.take().capacity(), first.capacity());
}

TEST(Spare, DoesNotKeepWhatIsLarge) {
  Spare<std::string, 64> spare;
  spare.give(std::string(65, 'x'));
  EXPECT_LT(spare.take().capacity(), 65U);
}

}  // namespace
}  // namespace rollcall::base
