#include "net/address.hpp"

#include <gtest/gtest.h>

namespace rollcall::net {
namespace {

PeerAddress address(std::string_view text) {
  return PeerAddress::parse(text).value_or(PeerAddress());
}

TEST(PeerAddress, IsReadAsItIsWritten) {
  for (const char* text : {"192.0.2.7", "::1", "2001:db8::7", "0.0.0.0"})
    EXPECT_EQ(address(text).text(), text);
  EXPECT_EQ(address("::ffff:192.0.2.7").text(), "192.0.2.7");
  EXPECT_EQ(address("::ffff:192.0.2.7"), address("192.0.2.7"));
  for (const char* text : {"", "x", "192.0.2", "192.0.2.7:80", "[::1]", "192.0.2.7 ", "unknown"})
    EXPECT_FALSE(PeerAddress::parse(text)) << text;
}

TEST(PeerAddress, HasOneKeyForAllOfAnIpv6Customer) {
  EXPECT_EQ(address("2001:db8:1:2::1").key(), address("2001:db8:1:2:ffff::9").key());
  EXPECT_NE(address("2001:db8:1:2::1").key(), address("2001:db8:1:3::1").key());
  EXPECT_NE(address("192.0.2.7").key(), address("192.0.2.8").key());
}

TEST(AddressSet, HoldsAddressesAndNetworks) {
  AddressSet set;
  EXPECT_TRUE(set.empty());
  for (const char* text : {"10.0.0.0/8", "192.0.2.7", "172.16.0.0/12", "fd00::/8", "::1"})
    EXPECT_TRUE(set.add(text)) << text;
  for (const char* text : {"10.1.2.3", "192.0.2.7", "172.31.0.1", "fdff::1", "::1", "::ffff:10.0.0.1"})
    EXPECT_TRUE(set.contains(address(text))) << text;
  for (const char* text : {"11.0.0.1", "192.0.2.8", "172.32.0.1", "fe80::1", "::2"})
    EXPECT_FALSE(set.contains(address(text))) << text;
  AddressSet all;
  EXPECT_TRUE(all.add("0.0.0.0/0"));
  EXPECT_TRUE(all.contains(address("8.8.8.8")));
  EXPECT_FALSE(all.contains(address("::1"))) << "of another family";
}

TEST(AddressSet, TakesNothingElse) {
  AddressSet set;
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "proxy"})
    EXPECT_FALSE(set.add(text)) << text;
}

}  // namespace
}  // namespace rollcall::net
