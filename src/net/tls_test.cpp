#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>

#include "net/test_tls_client.hpp"

namespace rollcall::net {
namespace {

using namespace test;

TEST(Tls, CarriesBytesBothWays) {
  const Certificate certificate;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto stream = context_of(certificate)->accept();
    TlsClient client;
    client.limit_version(version);
    std::string plain;
    exchange(client, *stream, plain);
    ASSERT_TRUE(client.established());
    EXPECT_EQ(SSL_version(client.ssl()), version);
    EXPECT_EQ(client.alpn(), "http/1.1");
    client.write("question");
    exchange(client, *stream, plain);
    EXPECT_EQ(plain, "question");
    const std::string answer(100'000, 'a');
    stream->seal(answer, {});
    client.take(take_output(*stream));
    EXPECT_TRUE(client.received == answer);
  }
}

TEST(Tls, TakesTheBytesOneByOne) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  TlsClient client;
  std::string plain;
  for (int rounds = 0; rounds < 5; ++rounds) {
    if (client.established() && rounds == 3) client.write("hello");
    for (const char byte : client.output()) {
      ASSERT_TRUE(feed(*stream, {&byte, 1}, plain));
    }
    client.take(take_output(*stream));
  }
  EXPECT_EQ(plain, "hello");
}

TEST(Tls, RefusesVersionsBeforeTls12) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  TlsClient client;
  SSL_set_min_proto_version(client.ssl(), TLS1_VERSION);
  SSL_set_security_level(client.ssl(), 0);
  client.limit_version(TLS1_1_VERSION);
  const std::string hello = client.output();
  ASSERT_FALSE(hello.empty());
  EXPECT_FALSE(feed(*stream, hello));
  client.take(take_output(*stream));
  EXPECT_FALSE(client.established());
}

TEST(Tls, FailsAtBytesThatAreNoTls) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  const std::string_view text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_FALSE(feed(*stream, text));
  EXPECT_FALSE(feed(*stream, text));
  EXPECT_TRUE(stream->failed());
}

TEST(Tls, SealsIntoTheRoomThatItIsGiven) {
  const Certificate certificate;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto stream = context_of(certificate)->accept();
    TlsClient client;
    client.limit_version(version);
    std::string plain;
    exchange(client, *stream, plain);
    const std::string text(40'000, 't');
    std::string room(TlsStream::sealed_room(text.size()), '\0');
    stream->seal(text, {room.data(), room.size()});
    EXPECT_EQ(stream->output().data(), room.data());
    client.take(take_output(*stream));
    EXPECT_TRUE(client.received == text);
  }
}

TEST(Tls, KeepsTheRecordsThatTheNetworkDidNotTake) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  TlsClient client;
  std::string plain;
  exchange(client, *stream, plain);
  const std::string text(40'000, 't');
  std::string room(TlsStream::sealed_room(text.size()), '\0');
  stream->seal(text, {room.data(), room.size()});
  const std::string first(stream->output().substr(0, 100));
  stream->sent(100);
  std::fill(room.begin(), room.end(), 'x');  // the room is somebody else's by now
  client.take(first);
  while (stream->has_output()) {
    const std::string piece(stream->output().substr(0, 7'000));
    stream->sent(piece.size());
    client.take(piece);
  }
  EXPECT_TRUE(client.received == text);
}

TEST(Tls, MovesWhatItSealsInsideWhenTheRoomIsTooSmall) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  TlsClient client;
  std::string plain;
  exchange(client, *stream, plain);
  const std::string text(40'000, 't');
  std::string room(20'000, '\0');  // for the first record only
  stream->seal(text, {room.data(), room.size()});
  std::fill(room.begin(), room.end(), 'x');
  client.take(take_output(*stream));
  EXPECT_TRUE(client.received == text);
}

TEST(Tls, IsNotReadyBeforeTheHandshakeIsOver) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  EXPECT_FALSE(stream->ready());
  EXPECT_FALSE(stream->say_goodbye());
  TlsClient client;
  std::string plain;
  exchange(client, *stream, plain);
  EXPECT_TRUE(stream->ready());
}

TEST(Tls, SaysAndHearsGoodbye) {
  const Certificate certificate;
  auto stream = context_of(certificate)->accept();
  TlsClient client;
  std::string plain;
  exchange(client, *stream, plain);
  SSL_shutdown(client.ssl());
  EXPECT_TRUE(feed(*stream, client.output()));
  EXPECT_TRUE(stream->ended());
  EXPECT_TRUE(stream->say_goodbye());
  EXPECT_FALSE(stream->say_goodbye());
  client.take(take_output(*stream));
  EXPECT_TRUE(client.ended);
}

TEST(TlsContext, NamesTheFileThatIsWrongAndQuotesNothingOfIt) {
  const Certificate certificate;
  const Certificate other;
  auto missing = TlsContext::load("/nowhere/cert.pem", certificate.key_file);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().find("/nowhere/cert.pem"), std::string::npos);
  auto swapped = TlsContext::load(certificate.key_file, certificate.certificate_file);
  ASSERT_FALSE(swapped.ok());
  EXPECT_EQ(swapped.error().find("BEGIN"), std::string::npos);
  EXPECT_FALSE(TlsContext::load(certificate.certificate_file, other.key_file).ok());
}

TEST(TlsContext, BlamesAChainInTheWrongOrderOnTheChainAndAnotherKeyOnTheKey) {
  const Certificate own;
  const Certificate issuer;
  issuer.prepend_to(own);
  const auto reversed = TlsContext::load(own.certificate_file, own.key_file);
  ASSERT_FALSE(reversed.ok());
  EXPECT_THAT(reversed.error(), testing::HasSubstr("wrong order"));
  EXPECT_THAT(reversed.error(), testing::HasSubstr("number 2 of 2"));
  EXPECT_THAT(reversed.error(), testing::HasSubstr(own.certificate_file));
  const Certificate other;
  const auto mismatch = TlsContext::load(other.certificate_file, own.key_file);
  ASSERT_FALSE(mismatch.ok());
  EXPECT_THAT(mismatch.error(), testing::HasSubstr("does not belong to the certificate"));
  EXPECT_THAT(TlsContext::load(other.certificate_file, "/nowhere/key.pem").error(),
              testing::HasSubstr("/nowhere/key.pem"));
}

TEST(TlsContext, KnowsHowLongItsCertificateIsGood) {
  const Certificate certificate;
  const Validity validity = context_of(certificate)->validity();
  EXPECT_EQ(validity.not_after - validity.not_before, seconds(3660));
}

TEST(Validity, IsWarnedOfBeforeItBeginsWhenItIsOverAndAWeekBefore) {
  const WallTime begin = wall_time(1'700'000'000'000), end = begin + seconds(90LL * 24 * 3600);
  const Validity validity{begin, end};
  EXPECT_EQ(validity_warning(validity, begin), std::nullopt);
  EXPECT_EQ(validity_warning(validity, end - seconds(7 * 24 * 3600 + 1)), std::nullopt);
  EXPECT_THAT(validity_warning(validity, end - seconds(7 * 24 * 3600)).value_or(""),
              testing::HasSubstr("expires at 2024-02-12T22:13:20.000Z"));
  EXPECT_THAT(validity_warning(validity, end).value_or(""), testing::HasSubstr("expired at 2024-02-12"));
  EXPECT_THAT(validity_warning(validity, begin - seconds(1)).value_or(""),
              testing::HasSubstr("good only from 2023-11-14"));
}

TEST(TlsConnection, EchoesAndClosesWithGoodbye) {
  const Certificate certificate;
  Loop loop;
  Secure secure(loop, context_of(certificate));
  secure.handler.bytes_hook = [&](std::span<char> got) {
    secure.connection->send(frame({got.data(), got.size()}));
    secure.connection->close_after_flush();
  };
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.established(); }));
  EXPECT_TRUE(secure.connection->secure());
  secure.client.write("hello");
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.peer->eof; }));
  EXPECT_EQ(secure.client.received, "hello");
  EXPECT_TRUE(secure.client.ended);
  secure.peer->close();
  EXPECT_TRUE(turn_until(loop, [&] { return loop.connections() == 0; }));
  EXPECT_EQ(secure.handler.closed.size(), 1U);
}

TEST(TlsConnection, SendsWhatWasQueuedBeforeTheHandshakeWasOver) {
  const Certificate certificate;
  Loop loop;
  Secure secure(loop, context_of(certificate));
  EXPECT_TRUE(turn_until(loop, [&] { return secure.connection != nullptr; }));
  secure.connection->send(frame("early"));
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.received == "early"; }));
  EXPECT_EQ(secure.connection->unsent(), 0U);
}

// The types of the records in `bytes`, a byte each.
std::string record_types(std::string_view bytes) {
  std::string types;
  while (bytes.size() >= 5) {
    types += bytes[0];
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(bytes[3]) << 8 |
                                               static_cast<unsigned char>(bytes[4]));
    bytes.remove_prefix(std::min(bytes.size(), 5 + size));
  }
  return types;
}

TEST(TlsConnection, PutsTheSmallFramesOfAFlushIntoOneRecord) {
  const Certificate certificate;
  Loop loop;
  Secure secure(loop, context_of(certificate));
  EXPECT_TRUE(turn_until(loop, [&] { return secure.connection != nullptr; }));
  secure.connection->send(frame("first"));
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.received == "first"; }));
  secure.peer->received.clear();
  std::string expected = "first";
  for (int i = 0; i < 100; ++i) {
    const std::string text(100, static_cast<char>('a' + i % 26));
    secure.connection->send(frame(text));
    expected += text;
  }
  loop.turn(milliseconds{0});
  secure.peer->read();
  EXPECT_EQ(record_types(secure.peer->received), "\x17");  // application data
  secure.client.take(secure.peer->received);
  EXPECT_EQ(secure.client.received, expected);
}

TEST(TlsConnection, DeliversEverythingInOrderToAPeerThatReadsLate) {
  const Certificate certificate;
  Loop loop;
  Secure secure(loop, context_of(certificate), 64 << 20);
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.established(); }));
  std::string expected;
  for (int i = 0; i < 3'000; ++i) {
    const std::string text = std::to_string(i) + std::string(static_cast<std::size_t>(i) * 3, 'x');
    secure.connection->send(frame(text));
    expected += text;
    if (i % 100 == 0) loop.turn(milliseconds{0});
  }
  EXPECT_TRUE(turn_until(loop, [&] { return secure.connection->congested(); }));
  EXPECT_EQ(loop.counters().bytes_waiting.value(), secure.connection->unsent());
  EXPECT_TRUE(
      turn_until(loop, [&] { return secure.shuttle(), secure.client.received.size() >= expected.size(); }));
  EXPECT_TRUE(secure.client.received == expected);
  EXPECT_EQ(loop.counters().bytes_waiting.value(), 0U);
}

TEST(TlsConnection, IsClosedForItsBacklogAsAPlainOneIs) {
  const Certificate certificate;
  Loop loop;
  Secure secure(loop, context_of(certificate), 100'000);
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.established(); }));
  const auto text = frame(std::string(50'000, 'x'));
  EXPECT_TRUE(turn_until(loop, [&] {
    if (secure.handler.closed.empty()) secure.connection->send(text);
    return !secure.handler.closed.empty();
  }));
  EXPECT_EQ(secure.handler.closed.front(), CloseCause::overflow);
}

TEST(TlsConnection, CarriesWhatIsUnsentToAnotherLoop) {
  const Certificate certificate;
  Loop loop;
  Loop other;
  Secure secure(loop, context_of(certificate), 64 << 20);
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.established(); }));
  const std::string text(8 << 20, 'x');
  secure.connection->send(frame(text));
  EXPECT_TRUE(turn_until(loop, [&] { return secure.connection->congested(); }));
  auto channel = secure.connection->release();
  ASSERT_TRUE(channel);
  EXPECT_EQ(loop.counters().bytes_waiting.value(), 0U);
  secure.connection = &other.adopt(std::move(*channel), 64 << 20);
  secure.connection->set_handler(&secure.handler);
  EXPECT_TRUE(
      turn_until(other, [&] { return secure.shuttle(), secure.client.received.size() >= text.size(); }));
  EXPECT_TRUE(secure.client.received == text);
  EXPECT_EQ(other.counters().bytes_waiting.value(), 0U);
}

TEST(TlsConnection, EndsWithAClientThatSpeaksPlainHttp) {
  const Certificate certificate;
  Loop loop;
  Secure secure(loop, context_of(certificate));
  secure.peer->write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(turn_until(loop, [&] { return secure.peer->read(), secure.peer->eof; }));
  EXPECT_EQ(secure.handler.bytes, "");
}

TEST(TlsConnection, TheListenerTakesANewCertificateForNewConnections) {
  const Certificate first;
  const Certificate second;
  Loop loop;
  Secure secure(loop, context_of(first));
  secure.listener->set_tls(context_of(second));
  EXPECT_TRUE(turn_until(loop, [&] { return secure.shuttle(), secure.client.established(); }));
  X509* shown = SSL_get1_peer_certificate(secure.client.ssl());
  FILE* file = std::fopen(second.certificate_file.c_str(), "r");
  X509* expected = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  EXPECT_EQ(X509_cmp(shown, expected), 0);
  X509_free(shown);
  X509_free(expected);
}

}  // namespace
}  // namespace rollcall::net
