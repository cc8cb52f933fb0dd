#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

#include "net/certificate.hpp"

namespace rollcall::net {
namespace {

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  static const unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kHttp11, sizeof kHttp11 - 1, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Moves the TLS 1.3 suite with AES-128 and SHA-256 to the front. A handshake runs the key derivation more
// than 40 times, and SHA-256 makes that a third cheaper than SHA-384. OpenSSL's configuration decides what is
// offered.
void prefer_cheap_suite(SSL_CTX* context) {
  constexpr std::string_view kCheap = "TLS_AES_128_GCM_SHA256";
  STACK_OF(SSL_CIPHER)* const all = SSL_CTX_get_ciphers(context);
  std::string suites;
  for (int place = 0; place < sk_SSL_CIPHER_num(all); ++place) {
    const SSL_CIPHER* const cipher = sk_SSL_CIPHER_value(all, place);
    if (SSL_CIPHER_get_version(cipher) != std::string_view("TLSv1.3")) continue;
    const std::string name = SSL_CIPHER_get_name(cipher);
    suites.insert(name == kCheap ? 0 : suites.size(), name + ":");
  }
  if (!suites.empty()) suites.pop_back();
  SSL_CTX_set_ciphersuites(context, suites.c_str());
}

}  // namespace

Result<std::shared_ptr<TlsContext>, std::string> TlsContext::load(const std::string& certificate_file,
                                                                  const std::string& key_file) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (!raw) return fail("TLS cannot be set up: " + openssl_reason());
  auto context = std::make_shared<TlsContext>(raw);
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_mode(
      raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
  // Sessions are resumed by tickets, which clients keep. A cache here would hold a kilobyte for each of them.
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 1);  // by default two: the second is for a client that connects twice at once
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  prefer_cheap_suite(raw);
  SSL_CTX_set_alpn_select_cb(raw, choose_http_1_1, nullptr);
  if (auto mistake = use_certificate(raw, certificate_file, key_file)) return fail(std::move(*mistake));
  return context;
}

Validity TlsContext::validity() const {
  return validity_of(SSL_CTX_get0_certificate(context_));
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

std::unique_ptr<TlsStream> TlsContext::accept() {
  SSL* ssl = SSL_new(context_);
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsStream>(ssl);
}

}  // namespace rollcall::net
