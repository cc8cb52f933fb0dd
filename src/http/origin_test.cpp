#include "http/origin.hpp"

#include <gtest/gtest.h>

namespace rollcall::http {
namespace {

TEST(Origin, IsTheSameHoweverItIsWritten) {
  for (const char* written :
       {"https://a.example", "https://a.example:443", "https://A.Example", "HTTPS://a.example",
        "https://a.example.", "https://a.example.:443", "https://a.example:"}) {
    EXPECT_TRUE(same_origin(written, "https://a.example")) << written;
    EXPECT_TRUE(same_origin("https://a.example", written)) << written;
  }
  EXPECT_TRUE(same_origin("http://[2001:DB8::1]:80", "http://[2001:db8::1]"));
  EXPECT_TRUE(same_origin("null", "null"));
  EXPECT_TRUE(same_origin("capacitor://localhost", "capacitor://LOCALHOST"));
}

TEST(Origin, IsAnotherWithAnotherSchemeHostOrPort) {
  for (const char* other :
       {"http://a.example", "https://b.example", "https://a.example:8443", "https://a.example:80",
        "https://a.example.evil", "https://a.example..", "https://xa.example", "null", "", "a.example",
        "://a.example", "https://a.example:443x", "https://a.example:99999", "https://a.example/",
        "https://u@a.example"}) {
    EXPECT_FALSE(same_origin(other, "https://a.example")) << other;
    EXPECT_FALSE(same_origin("https://a.example", other)) << other;
  }
}

TEST(Origin, IsThatOfTheHostThatWasAsked) {
  const struct {
    const char* origin;
    const char* host;
  } same[] = {
      {"http://a.example", "a.example"},
      {"http://a.example", "a.example:80"},
      {"http://a.example:3000", "a.example:3000"},
      // A proxy ended TLS.
      {"https://a.example", "a.example"},
      {"https://a.example", "a.example:443"},
      {"https://a.example", "A.Example.:443"},
      {"https://a.example:443", "a.example"},
      {"https://a.example:8443", "a.example:8443"},
      {"http://[::1]:3000", "[::1]:3000"},
      {"https://[::1]", "[::1]:443"},
      {"http://localhost", "localhost:80"},
  };
  for (const auto& [origin, host] : same) EXPECT_TRUE(origin_is_host(origin, host)) << origin << " " << host;
}

TEST(Origin, IsNotThatOfAnotherHostOrPort) {
  const struct {
    const char* origin;
    const char* host;
  } others[] = {
      {"http://a.example", "b.example"},
      {"http://a.example", "a.example:3000"},
      {"https://a.example", "a.example:80"},
      {"http://a.example", "a.example:443"},
      {"https://a.example:8443", "a.example"},
      {"null", "null"},
      {"null", "a.example"},
      {"https://evil.example/a.example", "a.example"},
      {"https://a.example@evil.example", "evil.example"},
      {"https://", ""},
      {"capacitor://localhost", "localhost"},
      {"https://[::1]", "[::2]"},
  };
  for (const auto& [origin, host] : others)
    EXPECT_FALSE(origin_is_host(origin, host)) << origin << " " << host;
}

}  // namespace
}  // namespace rollcall::http
