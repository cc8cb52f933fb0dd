#include "app/listen_address.hpp"

#include <gtest/gtest.h>

namespace rollcall::app {
namespace {

TEST(ListenAddress, IsReadAndWrittenAlike) {
  for (const char* text : {"0.0.0.0:3000", "127.0.0.1:0", "[::]:3000", "[::1]:65535", "localhost:80",
                           "my-host.example:8080", "[::ffff:10.0.0.1]:1"}) {
    const auto address = parse_listen(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
}

TEST(ListenAddress, HasItsParts) {
  const auto address = parse_listen("[::1]:3000");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->port, 3000);
}

TEST(ListenAddress, RefusesWhatIsNoHostAndPort) {
  for (const char* text : {"",
                           ":",
                           "3000",
                           ":3000",
                           "localhost",
                           "localhost:",
                           "localhost:65536",
                           "localhost:-1",
                           "localhost:+1",
                           "localhost: 80",
                           "localhost:80 ",
                           "localhost:http",
                           "::1:3000",
                           "[::1]",
                           "[::1]3000",
                           "[]:3000",
                           "[localhost]:3000",
                           "256.0.0.1:80",
                           "1.2.3:80",
                           "a b:80",
                           "-a:80",
                           "http://localhost:80",
                           "*:3000"}) {
    EXPECT_FALSE(parse_listen(text)) << text;
  }
}

TEST(ListenAddress, RefusesANameLongerThanDnsAllows) {
  EXPECT_TRUE(parse_listen(std::string(253, 'a') + ":80"));
  EXPECT_FALSE(parse_listen(std::string(254, 'a') + ":80"));
}

}  // namespace
}  // namespace rollcall::app
