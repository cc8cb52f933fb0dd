#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace rollcall::net {
namespace {

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

// Else OpenSSL asks for it on the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
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

}  // namespace

Result<std::shared_ptr<TlsContext>, std::string> TlsContext::load(const std::string& certificate_file,
                                                                  const std::string& key_file) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (!raw) return fail("TLS cannot be set up: " + openssl_reason());
  auto context = std::make_shared<TlsContext>(raw);
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_mode(
      raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  SSL_CTX_set_alpn_select_cb(raw, choose_http_1_1, nullptr);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    return fail("the TLS certificate cannot be read from " + certificate_file + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail("the TLS key cannot be read from " + key_file + ": " + openssl_reason());
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    return fail("the TLS key " + key_file + " does not belong to the certificate " + certificate_file);
  }
  return context;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

std::unique_ptr<TlsStream> TlsContext::accept() {
  SSL* ssl = SSL_new(context_);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl, in, out);
  SSL_set_accept_state(ssl);
  return std::make_unique<TlsStream>(shared_from_this(), ssl);
}

TlsStream::TlsStream(std::shared_ptr<TlsContext> context, ssl_st* ssl)
    : context_(std::move(context)), ssl_(ssl) {}

TlsStream::~TlsStream() {
  SSL_free(ssl_);
}

bool TlsStream::feed(std::span<const char> bytes) {
  if (failed_) return false;
  BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
  return pump();
}

bool TlsStream::pump() {
  ERR_clear_error();
  char buffer[16 * 1024];
  for (;;) {
    const int got = SSL_read(ssl_, buffer, sizeof buffer);
    if (got > 0) {
      input_.append(buffer, static_cast<std::size_t>(got));
      continue;
    }
    const int error = SSL_get_error(ssl_, got);
    if (SSL_is_init_finished(ssl_) && !unsent_.empty()) write(std::exchange(unsent_, {}));
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return true;
    if (error == SSL_ERROR_ZERO_RETURN) {
      ended_ = true;
      return true;
    }
    ERR_clear_error();
    failed_ = true;
    return false;
  }
}

void TlsStream::write(std::string_view plain) {
  if (!SSL_is_init_finished(ssl_)) {
    unsent_ += plain;
    return;
  }
  while (!plain.empty() && !failed_) {
    ERR_clear_error();
    const int written =
        SSL_write(ssl_, plain.data(), static_cast<int>(std::min<std::size_t>(plain.size(), 1 << 30)));
    if (written <= 0) {
      failed_ = true;
      return;
    }
    plain.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string TlsStream::take_output() {
  std::string out;
  BIO* bio = SSL_get_wbio(ssl_);
  if (const std::size_t pending = BIO_ctrl_pending(bio); pending > 0) {
    out.resize(pending);
    BIO_read(bio, out.data(), static_cast<int>(pending));
  }
  return out;
}

void TlsStream::shutdown() {
  if (!failed_ && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
  ERR_clear_error();
}

}  // namespace rollcall::net
