#include "gateway/http/key_ring.hpp"

#include <gtest/gtest.h>

namespace rollcall::gateway {
namespace {

using Admission = KeyRing::Admission;

std::string item(const std::string& name) {
  return calls::to_text({name, *calls::parse_scopes("read", '+'), sha256("secret of " + name)});
}

ApiSettings settings(std::uint32_t per_second, std::uint32_t burst) {
  ApiSettings made;
  made.keys = {item("one"), item("two")};
  made.requests_per_second = per_second;
  made.request_burst = burst;
  return made;
}

Instant at(int ms) {
  return Instant{} + seconds(1000) + milliseconds(ms);
}

TEST(KeyRing, KnowsAKeyByItsDigest) {
  EXPECT_EQ(calls::to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  KeyRing ring(settings(1, 1));
  ASSERT_NE(ring.find("secret of two"), nullptr);
  EXPECT_EQ(ring.find("secret of two")->name(), "two");
  for (const char* wrong : {"", "secret of three", "secret of two ", "two"}) {
    EXPECT_EQ(ring.find(wrong), nullptr) << wrong;
  }
  EXPECT_EQ(ring.find(calls::to_hex(sha256("secret of two"))), nullptr);
}

TEST(KeyRing, AdmitsEachKeyAsOftenAsIsAllowed) {
  KeyRing ring(settings(10, 3));
  KeyRing::Caller& one = *ring.find("secret of one");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ring.admit(one, at(0)), Admission::admitted);
  EXPECT_EQ(ring.admit(one, at(0)), Admission::refused);
  EXPECT_EQ(ring.admit(one, at(50)), Admission::refused_again);
  EXPECT_EQ(ring.admit(*ring.find("secret of two"), at(50)), Admission::admitted);
  EXPECT_EQ(ring.admit(one, at(101)), Admission::admitted);
  EXPECT_EQ(ring.admit(one, at(101)), Admission::refused);
}

TEST(KeyRing, AWorkerWhoseClockIsBehindGainsNothing) {
  KeyRing ring(settings(10, 2));
  KeyRing::Caller& one = *ring.find("secret of one");
  EXPECT_EQ(ring.admit(one, at(20)), Admission::admitted);
  EXPECT_EQ(ring.admit(one, at(10)), Admission::admitted);
  EXPECT_EQ(ring.admit(one, at(5)), Admission::refused);
  EXPECT_EQ(ring.admit(one, at(21)), Admission::refused_again);
}

TEST(KeyRing, WhatCostsMoreIsPaidBackBeforeTheNextIsAdmitted) {
  KeyRing ring(settings(10, 20));
  KeyRing::Caller& one = *ring.find("secret of one");
  EXPECT_EQ(ring.admit(one, at(0)), Admission::admitted);
  ring.charge(one, 18);
  EXPECT_EQ(ring.admit(one, at(0)), Admission::admitted);
  ring.charge(one, 1'000'000);  // counts as the burst
  EXPECT_EQ(ring.admit(one, at(0)), Admission::refused);
  EXPECT_EQ(ring.retry_seconds(one), 3U);
  EXPECT_EQ(ring.admit(one, at(2050)), Admission::refused_again);
  EXPECT_EQ(ring.retry_seconds(one), 1U);
  EXPECT_EQ(ring.admit(one, at(2150)), Admission::admitted);
}

TEST(KeyRing, WithoutALimitAdmitsAll) {
  KeyRing ring(settings(0, 1));
  KeyRing::Caller& one = *ring.find("secret of one");
  ring.charge(one, 1000);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ring.admit(one, at(0)), Admission::admitted);
}

}  // namespace
}  // namespace rollcall::gateway
