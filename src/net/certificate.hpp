// Checks a certificate and its key, and explains to the operator what is wrong with them. OpenSSL only says
// "key values mismatch".
#pragma once

#include <optional>
#include <string>

#include "rollcall/time.hpp"

struct ssl_ctx_st;
struct x509_st;

namespace rollcall::net {

struct Validity {
  WallTime not_before{};
  WallTime not_after{};
};

Validity validity_of(const x509_st* certificate);

// A warning if clients refuse the certificate at `now` or will within a week; otherwise nothing.
std::optional<std::string> validity_warning(const Validity& validity, WallTime now);

// Loads the certificate chain and key into `context`. The error names the file and the reason; a chain in the
// wrong order is reported as such, not blamed on the key.
std::optional<std::string> use_certificate(ssl_ctx_st* context, const std::string& certificate_file,
                                           const std::string& key_file);

}  // namespace rollcall::net
