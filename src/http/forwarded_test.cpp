#include "http/forwarded.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> read(std::vector<Header> headers) {
  Request request;
  request.headers = std::move(headers);
  return forwarded_for(request);
}

TEST(Forwarded, IsReadFromTheNearestProxyOn) {
  EXPECT_THAT(read({{"x-forwarded-for", "192.0.2.1, 10.0.0.1"}}), ElementsAre("10.0.0.1", "192.0.2.1"));
  EXPECT_THAT(read({{"x-forwarded-for", "a"}, {"x-forwarded-for", "b, c"}}), ElementsAre("c", "b", "a"));
  EXPECT_THAT(read({}), IsEmpty());
}

TEST(Forwarded, LeavesPortsAndBracketsOut) {
  EXPECT_THAT(read({{"x-forwarded-for", "[2001:db8::1]:443, 192.0.2.1:80 ,2001:db8::2"}}),
              ElementsAre("2001:db8::2", "192.0.2.1", "2001:db8::1"));
}

TEST(Forwarded, UnderstandsTheStandardHeader) {
  EXPECT_THAT(read({{"forwarded", "for=192.0.2.1;proto=https, By=x; FOR=\"[2001:db8::1]:80\", proto=http"}}),
              ElementsAre("", "2001:db8::1", "192.0.2.1"));
  EXPECT_THAT(read({{"forwarded", "for=192.0.2.1"}, {"x-forwarded-for", "192.0.2.2"}}),
              ElementsAre("192.0.2.2"));
}

TEST(Forwarded, ReadsOnlySoMany) {
  std::string many = "192.0.2.1";
  for (int i = 0; i < 1000; ++i) many += ",192.0.2.1";
  EXPECT_THAT(read({{"x-forwarded-for", many}}), SizeIs(kMaxHops));
}

}  // namespace
}  // namespace rollcall::http
