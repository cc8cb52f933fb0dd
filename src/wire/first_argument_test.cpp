#include "wire/first_argument.hpp"

#include <gtest/gtest.h>

namespace rollcall::wire {
namespace {

TEST(FirstArgument, EndsAtTheCommaThatIsOutsideOfEverything) {
  EXPECT_EQ(first_argument("1,2"), "1");
  EXPECT_EQ(first_argument(R"({"a":[1,2],"b":","},3)"), R"({"a":[1,2],"b":","})");
  EXPECT_EQ(first_argument(R"("a\",b",3)"), R"("a\",b")");
  EXPECT_EQ(first_argument(R"("a\\",3)"), R"("a\\")");
  EXPECT_EQ(first_argument("[[1,2],3]"), "[[1,2],3]");
}

TEST(FirstArgument, LosesTheWhiteSpaceAroundIt) {
  EXPECT_EQ(first_argument(" \t{ } \n, 2"), "{ }");
}

TEST(FirstArgument, IsEmptyIfThereIsNone) {
  EXPECT_EQ(first_argument(""), "");
  EXPECT_EQ(first_argument("  "), "");
}

TEST(FirstArgument, IsSomePieceOfTextThatIsNotJson) {
  EXPECT_EQ(first_argument("}],1"), "}]");
  EXPECT_EQ(first_argument("\"a,b\\"), "\"a,b\\");
  EXPECT_EQ(first_argument("{1,2"), "{1,2");
}

}  // namespace
}  // namespace rollcall::wire
