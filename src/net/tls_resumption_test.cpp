// What a client that comes back costs, and what it is given for it.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "net/test_tls_client.hpp"

namespace rollcall::net {
namespace {

using namespace test;

// The client's sessions after the handshake and an answer.
std::vector<Session> sessions_of(TlsContext& context, int version) {
  auto stream = context.accept();
  TlsClient client;
  client.limit_version(version);
  std::string plain;
  exchange(client, *stream, plain);
  stream->seal("answer", {});
  client.take(take_output(*stream));
  EXPECT_EQ(client.received, "answer");
  return std::move(client.sessions);
}

TEST(TlsResumption, AClientThatComesBackResumesItsSession) {
  const Certificate certificate;
  auto context = context_of(certificate);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const std::vector<Session> sessions = sessions_of(*context, version);
    ASSERT_FALSE(sessions.empty());
    auto stream = context->accept();
    TlsClient client;
    client.limit_version(version);
    client.resume(sessions.back());
    std::string plain;
    exchange(client, *stream, plain);
    EXPECT_TRUE(client.resumed());
    client.write("question");
    exchange(client, *stream, plain);
    EXPECT_EQ(plain, "question");
  }
}

TEST(TlsResumption, AClientThatResumedGetsATicketForTheNextTime) {
  const Certificate certificate;
  auto context = context_of(certificate);
  std::vector<Session> sessions = sessions_of(*context, TLS1_3_VERSION);
  for (int time = 0; time < 3; ++time) {
    ASSERT_EQ(sessions.size(), 1U);
    auto stream = context->accept();
    TlsClient client;
    client.resume(sessions.back());
    std::string plain;
    exchange(client, *stream, plain);
    EXPECT_TRUE(client.resumed());
    stream->seal("answer", {});
    client.take(take_output(*stream));
    sessions = std::move(client.sessions);
  }
}

TEST(TlsResumption, ASessionOfAnotherServerIsNotResumed) {
  const Certificate certificate;
  const std::vector<Session> sessions = sessions_of(*context_of(certificate), TLS1_3_VERSION);
  auto stream = context_of(certificate)->accept();
  TlsClient client;
  client.resume(sessions.back());
  std::string plain;
  exchange(client, *stream, plain);
  EXPECT_TRUE(client.established());
  EXPECT_FALSE(client.resumed());
}

TEST(TlsResumption, OneTicketIsIssued) {
  const Certificate certificate;
  EXPECT_EQ(sessions_of(*context_of(certificate), TLS1_3_VERSION).size(), 1U);
}

TEST(TlsSuites, TheCheapestOfThoseTheClientHasIsChosen) {
  const Certificate certificate;
  auto context = context_of(certificate);
  const auto chosen_of = [&](const char* offered) {
    auto stream = context->accept();
    TlsClient client;
    SSL_set_ciphersuites(client.ssl(), offered);
    std::string plain;
    exchange(client, *stream, plain);
    return std::string(SSL_get_cipher(client.ssl()));
  };
  EXPECT_EQ(chosen_of("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"),
            "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(chosen_of("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"), "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(chosen_of("TLS_CHACHA20_POLY1305_SHA256"), "TLS_CHACHA20_POLY1305_SHA256");
}

}  // namespace
}  // namespace rollcall::net
