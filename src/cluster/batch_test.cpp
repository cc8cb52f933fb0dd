#include "cluster/batch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/varint.hpp"

namespace rollcall::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::VariantWith;
using namespace std::literals;

constexpr Incarnation kNode{0x0102030405060708};
constexpr WallTime kSession = wall_time(1'800'000'000'000);

const std::string kHeader = "\x01\x01\x02\x03\x04\x05\x06\x07\x08\x05"s;  // version 1, kNode, write 5

const std::string kYear10000 = "\x80\xB8\xFF\x90\xFD\xCE\x39";  // its first millisecond

std::string record_of(char kind, const std::string& body) {
  std::string out(1, kind);
  base::append_text(out, body);
  return out;
}

std::string batch_of(const Record& record) {
  BatchWriter writer(kNode, 5);
  writer.add(record);
  return writer.take();
}

Facts some_facts() {
  return {kSession, kSession + seconds(3), "ada@example.org", std::nullopt, "Ada"};
}

TEST(Batch, BeginsWithTheVersionTheNodeAndTheNumberOfTheWrite) {
  EXPECT_EQ(BatchWriter(kNode, 5).bytes(), kHeader);
  const auto batch = decode_batch(kHeader);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->node, kNode);
  EXPECT_EQ(batch->write, 5U);
  EXPECT_THAT(batch->records, IsEmpty());
}

// The bytes themselves: nodes of two versions must agree on them.
TEST(Batch, WritesEachKindOfRecordInItsBytes) {
  EXPECT_EQ(batch_of(Left{"u", wall_time(1), presence::Ending::ping_timeout}),
            kHeader + "\x02\x04\x01u\x01\x05"s);
  EXPECT_EQ(batch_of(Here{"u", {wall_time(1), wall_time(3), "e", std::nullopt, "n"}}),
            kHeader +
                "\x01\x09\x01u\x01\x02\x05\x01"
                "e\x01n"s);
  EXPECT_EQ(batch_of(SyncBegin{}), kHeader + "\x03\x00"s);
  EXPECT_EQ(batch_of(SyncEnd{}), kHeader + "\x04\x00"s);
  EXPECT_EQ(batch_of(Whole{}), kHeader + "\x05\x00"s);
  EXPECT_EQ(batch_of(Gone{Incarnation{1}, GoneReason::left}),
            kHeader + "\x06\x09\x00\x00\x00\x00\x00\x00\x00\x01\x01"s);
  EXPECT_EQ(batch_of(EpochBegins{{1, 2}, "id"}), kHeader + "\x07\x05\x01\x02\x02id"s);
  EXPECT_EQ(batch_of(Active{{{2, 3}}}), kHeader + "\x08\x09\x00\x00\x00\x00\x00\x00\x00\x02\x03"s);
}

// The numbers of the wire: the enum may be reordered, they may not.
TEST(Batch, NumbersTheEndingsForGood) {
  using presence::Ending;
  std::uint8_t number = 0;
  for (const Ending ending :
       {Ending::unknown, Ending::client_goodbye, Ending::server_goodbye, Ending::transport_close,
        Ending::transport_error, Ending::ping_timeout, Ending::parse_error, Ending::server_closed,
        Ending::slow_consumer, Ending::token_expired}) {
    EXPECT_EQ(batch_of(Left{"u", wall_time(1), ending}).back(), static_cast<char>(number++));
  }
}

TEST(HashValue, OfAUserWhoWasActiveBeforeTheSessionByAnotherClockSaysAtItsBeginning) {
  Facts facts = some_facts();
  facts.last_active = kSession - seconds(1);
  const std::string value = encode_facts(facts);
  facts.last_active = kSession;
  EXPECT_EQ(decode_facts(value), facts);
}

TEST(Batch, ReadsItsRecordsInTheirOrder) {
  BatchWriter writer(kNode, 5);
  writer.add(SyncBegin{});
  writer.add(Here{"user-1", some_facts()});
  writer.add(SyncEnd{});
  const auto batch = decode_batch(writer.bytes());
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->records,
              ElementsAre(VariantWith<SyncBegin>(SyncBegin{}),
                          VariantWith<Here>(Here{"user-1", some_facts()}), VariantWith<SyncEnd>(SyncEnd{})));
}

TEST(Batch, SkipsRecordsOfKindsThatANewerVersionWrites) {
  const std::string bytes = kHeader + record_of(9, "anything") + record_of(5, "") + record_of(0, "");
  const auto batch = decode_batch(bytes);
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->records, ElementsAre(VariantWith<Whole>(Whole{})));
  EXPECT_EQ(batch->skipped, 2U);
}

TEST(Batch, TakesAnEndingThatANewerVersionKnowsForAnUnknownOne) {
  const std::string bytes = kHeader + record_of(2, "\x01u\x01\x63");
  const auto batch = decode_batch(bytes);
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->records,
              ElementsAre(VariantWith<Left>(Left{"u", wall_time(1), presence::Ending::unknown})));
}

struct NoBatch : testing::TestWithParam<std::pair<const char*, std::string>> {};

TEST_P(NoBatch, IsRefusedWhole) {
  EXPECT_FALSE(decode_batch(GetParam().second)) << GetParam().first;
}

INSTANTIATE_TEST_SUITE_P(
    Batch, NoBatch,
    testing::Values(
        std::pair{"nothing", ""s}, std::pair{"another version", "\x02" + kHeader.substr(1)},
        std::pair{"a header cut off", kHeader.substr(0, 8)},
        std::pair{"a write without end", kHeader.substr(0, 9) + "\x80"},
        std::pair{"a kind without a length", kHeader + "\x05"},
        std::pair{"a body cut off", kHeader + "\x02\x04\x01u\x01"s},
        std::pair{"a body with more in it", kHeader + record_of(5, "x")},
        std::pair{"a user without an id", kHeader + record_of(2, "\x00\x01\x05"s)},
        std::pair{"an id that is too long",
                  kHeader + record_of(2, "\x81\x02" + std::string(257, 'u') + "\x01\x05")},
        std::pair{"an id that is not UTF-8", kHeader + record_of(2, "\x01\xFF\x01\x05")},
        std::pair{"a detail that is too long",
                  kHeader + record_of(1, "\x01u\x01\x02\x01\x81\x08" + std::string(1025, 'e'))},
        std::pair{"a detail that is not UTF-8", kHeader + record_of(1, "\x01u\x01\x02\x01\x01\xFF")},
        std::pair{"a detail of no known kind", kHeader + record_of(1, "\x01u\x01\x02\x08\x01" "e")},
        std::pair{"a time after the year 9999", kHeader + record_of(2, "\x01u" + kYear10000 + "\x05")},
        std::pair{"a session that is active after the year 9999",
                  kHeader + record_of(1, "\x01u\x01" + kYear10000 + "\x00"s)},
        std::pair{"a reason that nobody gives", kHeader + record_of(6, "12345678\x03")},
        std::pair{"a run id that is too long", kHeader + record_of(7, "\x01\x01\x41" + std::string(65, 'r'))},
        std::pair{"half a mark", kHeader + record_of(8, "1234567")},
        std::pair{"too many records",
                  [] {
                    std::string records;
                    for (std::size_t i = 0; i <= kMaxBatchRecords; ++i) records += record_of(9, "");
                    return kHeader + records;
                  }()},
        std::pair{"too many marks",
                  [] {
                    std::string marks;
                    for (std::size_t i = 0; i <= kMaxActiveMarks; ++i) marks += "12345678\x01";
                    return kHeader + record_of(8, marks);
                  }()},
        std::pair{"too many bytes", kHeader + record_of(9, std::string(kMaxBatchBytes, 'x'))}));

TEST(HashValue, HoldsTheFactsOfAUser) {
  const std::string value = encode_facts(some_facts());
  EXPECT_EQ(decode_facts(value), some_facts());
  EXPECT_FALSE(decode_facts(""));
  EXPECT_FALSE(decode_facts(value + "x"));
}

}  // namespace
}  // namespace rollcall::cluster
