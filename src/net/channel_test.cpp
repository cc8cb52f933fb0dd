#include "net/channel.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

namespace rollcall::net {
namespace {

sockaddr_storage address_of(int family, const std::string& text) {
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  void* place = family == AF_INET ? static_cast<void*>(&reinterpret_cast<sockaddr_in&>(address).sin_addr)
                                  : &reinterpret_cast<sockaddr_in6&>(address).sin6_addr;
  EXPECT_EQ(inet_pton(family, text.c_str(), place), 1) << text;
  return address;
}

TEST(PeerAddress, IsWrittenAsItIsCustomary) {
  for (const std::string text : {"0.0.0.0", "127.0.0.1", "10.200.3.99", "255.255.255.255"}) {
    EXPECT_EQ(PeerAddress(address_of(AF_INET, text)).text(), text);
  }
  for (const std::string text : {"::1", "2001:db8::ff00:42:8329"}) {
    EXPECT_EQ(PeerAddress(address_of(AF_INET6, text)).text(), text);
  }
  EXPECT_EQ(PeerAddress().text(), "");
}

TEST(PeerAddress, IsTheIpv4OneOfAnIpv4ConnectionToAnIpv6Socket) {
  EXPECT_EQ(PeerAddress(address_of(AF_INET6, "::ffff:192.0.2.7")).text(), "192.0.2.7");
}

}  // namespace
}  // namespace rollcall::net
