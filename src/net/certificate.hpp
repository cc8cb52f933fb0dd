// What a certificate says of itself, and what is wrong with a pair of files, in words for the operator.
// OpenSSL only says "key values mismatch".
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

// A sentence if clients will refuse the certificate at `now`, or will within a week; else nothing.
std::optional<std::string> validity_warning(const Validity& validity, WallTime now);

// Puts certificate chain and key into `context`. The error names the file and the reason: a chain in the
// wrong order is told as such, and not blamed on the key.
std::optional<std::string> use_certificate(ssl_ctx_st* context, const std::string& certificate_file,
                                           const std::string& key_file);

}  // namespace rollcall::net
