#include "engineio/request.hpp"

#include <gtest/gtest.h>

namespace rollcall::engineio {
namespace {

RequestFacts opening() {
  RequestFacts facts;
  facts.method = "GET";
  facts.transport = "polling";
  facts.version = "4";
  return facts;
}

RequestFacts continuing() {
  RequestFacts facts = opening();
  facts.has_sid = true;
  facts.session_known = true;
  return facts;
}

int refusal_of(const RequestFacts& facts) {
  Refusal refusal{};
  return check_request(facts, refusal) ? -1 : static_cast<int>(refusal);
}

TEST(EngineRequest, GoodOnesPass) {
  EXPECT_EQ(refusal_of(opening()), -1);
  EXPECT_EQ(refusal_of(continuing()), -1);
  RequestFacts websocket = opening();
  websocket.transport = "websocket";
  websocket.websocket_upgrade = true;
  EXPECT_EQ(refusal_of(websocket), -1);
}

TEST(EngineRequest, AMissingOrUnknownOrDisabledTransportIsCode0) {
  RequestFacts facts = opening();
  for (const char* transport : {"", "abc", "Polling", "flashsocket"}) {
    facts.transport = transport;
    EXPECT_EQ(refusal_of(facts), 0) << transport;
  }
  facts = opening();
  facts.polling_offered = false;
  EXPECT_EQ(refusal_of(facts), 0);
}

TEST(EngineRequest, AnUnknownSidIsCode1) {
  RequestFacts facts = continuing();
  facts.session_known = false;
  EXPECT_EQ(refusal_of(facts), 1);
}

TEST(EngineRequest, OpeningByAnotherMethodIsCode2) {
  RequestFacts facts = opening();
  for (const char* method : {"POST", "PUT", "DELETE", "HEAD"}) {
    facts.method = method;
    EXPECT_EQ(refusal_of(facts), 2) << method;
  }
}

TEST(EngineRequest, ATransportThatDoesNotFitIsCode3) {
  RequestFacts facts = opening();
  facts.transport = "websocket";  // without an upgrade
  EXPECT_EQ(refusal_of(facts), 3);
  facts = continuing();
  facts.session_transport = Transport::websocket;  // polling after the upgrade
  EXPECT_EQ(refusal_of(facts), 3);
  facts = opening();
  facts.bad_origin = true;
  EXPECT_EQ(refusal_of(facts), 3);
  facts = continuing();
  facts.version = "3";  // differs from the session's
  EXPECT_EQ(refusal_of(facts), 3);
}

TEST(EngineRequest, AForbiddenOriginIsCode4WithStatus403) {
  RequestFacts facts = opening();
  facts.origin_forbidden = true;
  EXPECT_EQ(refusal_of(facts), 4);
  EXPECT_EQ(http_status(Refusal::forbidden), 403U);
  EXPECT_EQ(http_status(Refusal::bad_request), 400U);
}

TEST(EngineRequest, AnotherProtocolVersionIsCode5) {
  RequestFacts facts = opening();
  for (const char* version : {"", "3", "abc", "5", "44"}) {
    facts.version = version;
    EXPECT_EQ(refusal_of(facts), 5) << version;
  }
}

TEST(EngineRequest, ChecksComeInTheOrderOfTheReferenceServer) {
  RequestFacts facts;  // everything is wrong
  facts.method = "POST";
  facts.origin_forbidden = true;
  EXPECT_EQ(refusal_of(facts), 0);
  facts.transport = "polling";
  EXPECT_EQ(refusal_of(facts), 2);
  facts.method = "GET";
  EXPECT_EQ(refusal_of(facts), 4);
  facts.origin_forbidden = false;
  EXPECT_EQ(refusal_of(facts), 5);
}

TEST(EngineRequest, RefusalsAreJsonWithCodeAndMessage) {
  EXPECT_EQ(json_of(Refusal::unknown_sid), R"({"code":1,"message":"Session ID unknown"})");
  EXPECT_EQ(json_of(Refusal::unsupported_version), R"({"code":5,"message":"Unsupported protocol version"})");
}

}  // namespace
}  // namespace rollcall::engineio
