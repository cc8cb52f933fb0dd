#include "wire/users.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::wire {
namespace {

constexpr WallTime kActiveAt = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z
constexpr WallTime kSince = wall_time(1'767'529'800'000);     // 2026-01-04T12:30:00.000Z

TEST(Users, AreListedWithDetailsAndTimesAndTheLastOneAtTheEnd) {
  std::string out = "before ";
  append_online_user(out, "ann", "ann@example.org", "admin", kSince, kActiveAt);
  EXPECT_EQ(out, R"(before {"userId":"ann","email":"ann@example.org","role":"admin",)"
                 R"("connectedAt":"2026-01-04T12:30:00.000Z","lastActive":"2026-01-04T12:34:56.789Z"})");
  EXPECT_TRUE(out.ends_with(online_user_end(kActiveAt)));
  EXPECT_EQ(online_user_end(kActiveAt).size(), kOnlineUserEndBytes);
  out.clear();
  append_online_user(out, "bob", std::nullopt, std::nullopt, kSince, kSince);
  EXPECT_EQ(out, R"({"userId":"bob","email":null,"role":null,)"
                 R"("connectedAt":"2026-01-04T12:30:00.000Z","lastActive":"2026-01-04T12:30:00.000Z"})");
}

}  // namespace
}  // namespace rollcall::wire
