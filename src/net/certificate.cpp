#include "net/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <vector>

#include "base/free_with.hpp"
#include "base/iso8601.hpp"

namespace rollcall::net {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr auto kSoon = 7 * kDay;

using base::FreeWith;
using File = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

WallTime wall_time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return WallTime{seconds(timegm(&parts))};
}

// Without it OpenSSL would prompt on the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

std::vector<Certificate> certificates_in(const std::string& file) {
  std::vector<Certificate> all;
  const File in(BIO_new_file(file.c_str(), "r"));
  while (in) {
    Certificate next(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
    if (!next) break;
    all.push_back(std::move(next));
  }
  ERR_clear_error();
  return all;
}

std::string not_of_a_pair(const std::string& certificate_file, const std::string& key_file, EVP_PKEY* key) {
  const std::vector<Certificate> chain = certificates_in(certificate_file);
  for (std::size_t place = 1; place < chain.size(); ++place) {
    if (X509_check_private_key(chain[place].get(), key) != 1) continue;
    ERR_clear_error();
    return "the TLS certificate " + certificate_file +
           " has its chain in the wrong order: the server's own certificate "
           "is number " +
           std::to_string(place + 1) + " of " + std::to_string(chain.size()) +
           " in it, and has to come first, then the one that signed it, and so on";
  }
  ERR_clear_error();
  return "the TLS key " + key_file + " does not belong to the certificate " + certificate_file +
         ": it is the key of another one";
}

}  // namespace

Validity validity_of(const x509_st* certificate) {
  return {wall_time_of(X509_get0_notBefore(certificate)), wall_time_of(X509_get0_notAfter(certificate))};
}

std::optional<std::string> validity_warning(const Validity& validity, WallTime now) {
  if (now >= validity.not_after) {
    return "it expired at " + base::iso8601(validity.not_after) + ": clients refuse it, renew it";
  }
  if (now < validity.not_before) {
    return "it is good only from " + base::iso8601(validity.not_before) +
           " on: clients refuse it until then; is the clock right?";
  }
  if (validity.not_after - now > kSoon) return std::nullopt;
  return "it expires at " + base::iso8601(validity.not_after) + ": renew it, then reload (SIGHUP)";
}

std::optional<std::string> use_certificate(ssl_ctx_st* context, const std::string& certificate_file,
                                           const std::string& key_file) {
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return "the TLS certificate cannot be read from " + certificate_file + ": " + openssl_reason();
  }
  const File in(BIO_new_file(key_file.c_str(), "r"));
  const Key key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!key) return "the TLS key cannot be read from " + key_file + ": " + openssl_reason();
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1) {
    return not_of_a_pair(certificate_file, key_file, key.get());
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return "the TLS key " + key_file + " cannot be used: " + openssl_reason();
  }
  return std::nullopt;
}

}  // namespace rollcall::net
