#include "cluster/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/varint.hpp"

namespace rollcall::cluster {
namespace {

using namespace std::literals;

std::string varint_of(std::uint64_t value) {
  std::string out;
  base::append_varint(out, value);
  return out;
}

TEST(Bytes, ReadsTheNumbersThatBaseWrites) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                    std::numeric_limits<std::uint64_t>::max()}) {
    const std::string written = varint_of(value);
    Bytes bytes(written);
    EXPECT_EQ(bytes.varint(), value);
    EXPECT_TRUE(bytes.finished()) << value;
  }
}

TEST(Bytes, FailsOnNumbersThatDoNotEndOrDoNotFitOrAreTooLong) {
  const std::string tenth(9, '\xFF');
  for (const std::string& written : {""s, "\x80"s, "\x80\x00"s, tenth + '\x02', tenth + '\x80' + '\x01'}) {
    Bytes bytes(written);
    EXPECT_EQ(bytes.varint(), 0U);
    EXPECT_TRUE(bytes.failed()) << testing::PrintToString(written);
  }
}

TEST(Bytes, FailsOnTextsThatAreCutOffOrTooLongOrNotInUtf8) {
  Bytes cut("\x05four");
  EXPECT_EQ(cut.text(10), "");
  EXPECT_TRUE(cut.failed());
  Bytes long_one(
      "\x05"
      "fives");
  long_one.text(4);
  EXPECT_TRUE(long_one.failed());
  Bytes latin("\x01\xE9"sv);
  latin.text(4);
  EXPECT_TRUE(latin.failed());
}

TEST(Bytes, FailForGoodOnceTheyFailed) {
  Bytes bytes(
      "\x05"
      "four");
  bytes.text(10);
  EXPECT_EQ(bytes.byte(), 0);
  EXPECT_EQ(bytes.word(), 0U);
  EXPECT_TRUE(bytes.empty());
  EXPECT_FALSE(bytes.finished());
}

TEST(Bytes, ReadsWordsMostSignificantByteFirst) {
  Bytes bytes("\x00\x00\x00\x00\x00\x00\x01\x02"sv);
  EXPECT_EQ(bytes.word(), 0x102U);
  EXPECT_TRUE(bytes.finished());
}

}  // namespace
}  // namespace rollcall::cluster
