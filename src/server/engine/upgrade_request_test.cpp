#include "server/engine/upgrade_request.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace rollcall::server {
namespace {

using websocket::UpgradeFault;

http::Request request_with(std::vector<http::Header> headers) {
  http::Request request;
  request.method = "GET";
  request.headers = std::move(headers);
  return request;
}

http::Request rfc_request(std::string version = "13") {
  return request_with({{"upgrade", "websocket"},
                       {"connection", "Upgrade"},
                       {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"sec-websocket-version", std::move(version)}});
}

TEST(UpgradeRequest, AnOrdinaryRequestWantsNoUpgrade) {
  EXPECT_FALSE(wants_upgrade(request_with({})));
  EXPECT_FALSE(wants_upgrade(request_with({{"connection", "upgrade"}})));
  EXPECT_FALSE(wants_upgrade(request_with({{"connection", "upgrade"}, {"upgrade", "h2c"}})));
  EXPECT_FALSE(wants_upgrade(request_with({{"connection", "keep-alive"}, {"upgrade", "websocket"}})));
}

TEST(UpgradeRequest, AHeaderThatCameSeveralTimesIsOneList) {
  EXPECT_TRUE(wants_upgrade(request_with({{"connection", "keep-alive"},
                                          {"upgrade", "h2c"},
                                          {"connection", "Upgrade"},
                                          {"upgrade", "websocket"}})));
}

TEST(UpgradeRequest, IsAcceptedWithTheKeyOfTheRfc) {
  const auto accepted = accept_upgrade(rfc_request());
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(*accepted, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(UpgradeRequest, IsRefusedForWhatIsWrongWithIt) {
  const auto fault_of = [](const http::Request& request) { return accept_upgrade(request).error(); };
  EXPECT_EQ(fault_of(rfc_request("8")), UpgradeFault::bad_version);
  http::Request old = rfc_request();
  old.http_1_0 = true;
  EXPECT_EQ(fault_of(old), UpgradeFault::not_an_upgrade);
  http::Request without_key = rfc_request();
  without_key.headers.erase(without_key.headers.begin() + 2);
  EXPECT_EQ(fault_of(without_key), UpgradeFault::bad_key);
}

TEST(UpgradeRequest, TheFirstSubprotocolIsChosenOfAllHeadersTogether) {
  EXPECT_EQ(chosen_protocol(request_with({})), "");
  const http::Header one{"sec-websocket-protocol", "b, a"}, two{"sec-websocket-protocol", "c"};
  EXPECT_EQ(chosen_protocol(request_with({one, two})), "b");
  EXPECT_EQ(chosen_protocol(request_with({two, one})), "c");
}

TEST(UpgradeRequest, SubprotocolsThatAreNoListOfDifferentNamesAreNotChosenFrom) {
  const http::Header one{"sec-websocket-protocol", "a"};
  EXPECT_EQ(chosen_protocol(request_with({one, one})), std::nullopt);
  EXPECT_EQ(chosen_protocol(request_with({{"sec-websocket-protocol", "a b"}})), std::nullopt);
}

}  // namespace
}  // namespace rollcall::server
