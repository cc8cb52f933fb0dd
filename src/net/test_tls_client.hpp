// A certificate, the client's side of TLS over memory, and over a connection to a listener.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/free_with.hpp"
#include "net/test_peer.hpp"
#include "net/tls.hpp"

namespace rollcall::net::test {

// A self-signed certificate and its key, in files that go when it goes.
class Certificate {
 public:
  Certificate() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_sign(certificate_, key_, EVP_sha256());
    static int count = 0;
    const std::string stem =
        (std::filesystem::temp_directory_path() / ("net_tls_" + std::to_string(getpid()) + "_")).string() +
        std::to_string(++count);
    certificate_file = stem + ".crt";
    key_file = stem + ".key";
    write(certificate_file, [&](FILE* file) { PEM_write_X509(file, certificate_); });
    write(key_file,
          [&](FILE* file) { PEM_write_PrivateKey(file, key_, nullptr, nullptr, 0, nullptr, nullptr); });
  }
  ~Certificate() {
    std::filesystem::remove(certificate_file);
    std::filesystem::remove(key_file);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  // Writes this certificate and then the other one into its file.
  void prepend_to(const Certificate& other) const {
    write(other.certificate_file, [&](FILE* file) {
      PEM_write_X509(file, certificate_);
      PEM_write_X509(file, other.certificate_);
    });
  }
  std::string certificate_file;
  std::string key_file;

 private:
  static void write(const std::string& path, const std::function<void(FILE*)>& print) {
    FILE* file = std::fopen(path.c_str(), "w");
    if (!file) std::abort();
    print(file);
    std::fclose(file);
  }
  EVP_PKEY* key_;
  X509* certificate_;
};

using Session = std::unique_ptr<SSL_SESSION, base::FreeWith<SSL_SESSION_free>>;

// The client's side, over memory.
class TlsClient {
 public:
  TlsClient() : context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_)) {
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_);
    const unsigned char protocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(ssl_, protocols, sizeof protocols - 1);
    SSL_set_app_data(ssl_, this);
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_, keep_session);
  }
  ~TlsClient() {
    // Else OpenSSL calls its sessions broken, and they cannot be resumed.
    SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  SSL* ssl() { return ssl_; }
  void limit_version(int most) { SSL_set_max_proto_version(ssl_, most); }
  void write(std::string_view plain) { SSL_write(ssl_, plain.data(), static_cast<int>(plain.size())); }
  void take(std::string_view cipher) {
    BIO_write(SSL_get_rbio(ssl_), cipher.data(), static_cast<int>(cipher.size()));
    pump();
  }
  // For the server.
  std::string output() {
    pump();
    std::string out(BIO_ctrl_pending(SSL_get_wbio(ssl_)), '\0');
    if (!out.empty()) BIO_read(SSL_get_wbio(ssl_), out.data(), static_cast<int>(out.size()));
    return out;
  }
  void resume(const Session& session) { SSL_set_session(ssl_, session.get()); }
  bool resumed() { return SSL_session_reused(ssl_) == 1; }
  bool established() { return SSL_is_init_finished(ssl_) == 1; }
  std::string alpn() {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string received;
  bool ended = false;
  std::vector<Session> sessions;  // as tickets came

 private:
  static int keep_session(SSL* ssl, SSL_SESSION* session) {
    static_cast<TlsClient*>(SSL_get_app_data(ssl))->sessions.emplace_back(session);
    return 1;
  }
  void pump() {
    if (!established()) SSL_do_handshake(ssl_);
    char buffer[4096];
    int got = 0;
    while (established() && (got = SSL_read(ssl_, buffer, sizeof buffer)) > 0) {
      received.append(buffer, static_cast<std::size_t>(got));
    }
    if (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) ended = true;
  }
  SSL_CTX* context_;
  SSL* ssl_;
};

inline std::shared_ptr<TlsContext> context_of(const Certificate& certificate) {
  auto loaded = TlsContext::load(certificate.certificate_file, certificate.key_file);
  if (!loaded) std::abort();
  return *loaded;
}

inline bool feed(TlsStream& server, std::string_view bytes, std::string& plain) {
  std::string room(TlsStream::plain_room(bytes.size()), '\0');
  const TlsStream::Fed fed = server.feed({bytes.data(), bytes.size()}, {room.data(), room.size()});
  plain.append(room, 0, fed.plain);
  return fed.good;
}

inline bool feed(TlsStream& server, std::string_view bytes) {
  std::string plain;
  return feed(server, bytes, plain);
}

inline std::string take_output(TlsStream& server) {
  std::string out(server.output());
  server.sent(out.size());
  return out;
}

// Bytes to and fro until neither has any more.
inline void exchange(TlsClient& client, TlsStream& server, std::string& plain) {
  for (std::string out = client.output(); !out.empty(); out = client.output()) {
    feed(server, out, plain);
    client.take(take_output(server));
  }
  client.take(take_output(server));
}

// A client and a listener with TLS.
struct Secure {
  Secure(Loop& loop, std::shared_ptr<TlsContext> tls, std::size_t backlog_limit = 1 << 20) {
    ListenerOptions options;
    options.address = "127.0.0.1:0";
    options.tls = std::move(tls);
    auto opened = Listener::open(loop, std::move(options), [this, &loop, backlog_limit](Channel accepted) {
      connection = &loop.adopt(std::move(accepted), backlog_limit);
      connection->set_handler(&handler);
    });
    if (!opened) std::abort();
    listener = std::move(*opened);
    peer = Peer::connect(listener->address());
  }
  ~Secure() {
    if (connection && handler.closed.empty()) connection->set_handler(nullptr);
  }
  void shuttle() {
    peer->write(client.output());
    peer->received.clear();
    peer->read();
    client.take(peer->received);
  }
  Recorder handler;
  Connection* connection = nullptr;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Peer> peer;
  TlsClient client;
};

}  // namespace rollcall::net::test
