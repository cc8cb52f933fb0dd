#include "base/kinds.hpp"

#include <gtest/gtest.h>

namespace rollcall::base {
namespace {

enum class Colour : unsigned char { red, green, blue };
constexpr std::string_view name_of(Colour colour) {
  switch (colour) {
    case Colour::red:
      return "red";
    case Colour::green:
      return "green";
    case Colour::blue:
      return "blue";
  }
  return {};
}

TEST(Kinds, AreCountedAndNamedInTheOrderOfTheirNumbers) {
  EXPECT_EQ(kKinds<Colour>, 3U);
  EXPECT_EQ(kKindNames<Colour>, (std::array<std::string_view, 3>{"red", "green", "blue"}));
}

}  // namespace
}  // namespace rollcall::base
