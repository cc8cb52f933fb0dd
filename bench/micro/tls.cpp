// The time that OpenSSL alone takes to encrypt a delivery, without this server: the lower bound for wss.
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/free_with.hpp"
#include "micro/counting.hpp"

namespace rollcall::micro {
namespace {

using base::FreeWith;
using Context = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using Stream = std::unique_ptr<SSL, FreeWith<SSL_free>>;

// Like the server's: TLS 1.3, AES-128 first, unused buffers released.
Context server_context() {
  Context context(SSL_CTX_new(TLS_server_method()));
  const std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, FreeWith<X509_free>> certificate(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  ROLLCALL_ASSERT(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  ROLLCALL_ASSERT(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
  ROLLCALL_ASSERT(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

// Where records go: one buffer, written again and again.
int write_record(BIO*, const char* bytes, int size) {
  static std::array<char, 32768> scratch;
  std::copy(bytes, bytes + size, scratch.data());
  benchmark::DoNotOptimize(scratch.data());
  return size;
}

long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* discarding() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "discarding");
    BIO_meth_set_write(made, write_record);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  BIO* const bio = BIO_new(method);
  BIO_set_init(bio, 1);
  return bio;
}

// The server's end of an established connection.
Stream connected(SSL_CTX* server_context, SSL_CTX* client_context) {
  Stream server(SSL_new(server_context));
  const Stream client(SSL_new(client_context));
  BIO* to_server = nullptr;
  BIO* to_client = nullptr;
  ROLLCALL_ASSERT(BIO_new_bio_pair(&to_server, 65536, &to_client, 65536) == 1);
  SSL_set_bio(server.get(), to_client, to_client);
  SSL_set_bio(client.get(), to_server, to_server);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  while (!SSL_is_init_finished(server.get()) || !SSL_is_init_finished(client.get())) {
    SSL_do_handshake(client.get());
    SSL_do_handshake(server.get());
  }
  SSL_set_bio(server.get(), discarding(), discarding());
  return server;
}

constexpr std::size_t kDelivery = 130, kRecord = kDelivery + 22;

// A socket whose peer reads everything.
class Wire {
 public:
  Wire() { ROLLCALL_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) == 0); }
  ~Wire() {
    for (const int end : ends_) close(end);
  }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void pass(const char* bytes, std::size_t count) {
    std::array<char, 512> into;
    ROLLCALL_ASSERT(write(ends_[0], bytes, count) == static_cast<ssize_t>(count));
    ROLLCALL_ASSERT(read(ends_[1], into.data(), into.size()) == static_cast<ssize_t>(count));
  }

 private:
  std::array<int, 2> ends_{};
};

// Kernel work in between evicts the caches, as in a server: OpenSSL's time is the difference of the two.
void deliver(benchmark::State& state, bool encrypt) {
  const Context server = server_context();
  const Context client(SSL_CTX_new(TLS_client_method()));
  std::vector<Stream> streams;
  std::vector<std::unique_ptr<Wire>> wires;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    streams.push_back(connected(server.get(), client.get()));
    wires.push_back(std::make_unique<Wire>());
  }
  const std::string delivery(kRecord, 'x');
  std::size_t next = 0;
  repeat(state, [&] {
    if (encrypt) SSL_write(streams[next].get(), delivery.data(), kDelivery);
    wires[next]->pass(delivery.data(), kRecord);
    next = next + 1 == streams.size() ? 0 : next + 1;
  });
}
void kernel_delivery(benchmark::State& state) {
  deliver(state, false);
}
void openssl_and_kernel_delivery(benchmark::State& state) {
  deliver(state, true);
}
BENCHMARK(kernel_delivery)->Arg(300);
BENCHMARK(openssl_and_kernel_delivery)->Arg(300);

// Deliveries to one connection after the other: with many of them, none is in the cache when its turn comes.
void openssl_record(benchmark::State& state) {
  const Context server = server_context();
  const Context client(SSL_CTX_new(TLS_client_method()));
  std::vector<Stream> streams;
  for (std::int64_t i = 0; i < state.range(0); ++i) streams.push_back(connected(server.get(), client.get()));
  const std::string delivery(kDelivery, 'x');
  std::size_t next = 0;
  repeat(state, [&] {
    SSL_write(streams[next].get(), delivery.data(), static_cast<int>(delivery.size()));
    next = next + 1 == streams.size() ? 0 : next + 1;
  });
}
BENCHMARK(openssl_record)->Arg(1)->Arg(300)->Arg(3000);

}  // namespace
}  // namespace rollcall::micro
