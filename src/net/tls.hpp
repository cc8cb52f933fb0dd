// Certificate and key for TLS, 1.2 and up, by OpenSSL.
#pragma once

#include <memory>
#include <string>

#include "net/certificate.hpp"
#include "net/tls_stream.hpp"
#include "rollcall/result.hpp"

struct ssl_ctx_st;

namespace rollcall::net {

// Certificate and key. Shared by connections; existing ones keep theirs when a new one is loaded.
class TlsContext {
 public:
  // PEM files; the certificate file may hold the chain. The error names the file and the reason.
  static Result<std::shared_ptr<TlsContext>, std::string> load(const std::string& certificate_file,
                                                               const std::string& key_file);
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  std::unique_ptr<TlsStream> accept();
  Validity validity() const;  // of the server's own certificate

 private:
  ssl_ctx_st* context_;
};

}  // namespace rollcall::net
