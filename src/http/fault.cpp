#include "http/fault.hpp"

namespace rollcall::http {

unsigned status_of(Fault fault) {
  switch (fault) {
    case Fault::bad_request:
      return 400;
    case Fault::header_too_big:
      return 431;
    case Fault::body_too_big:
      return 413;
    case Fault::unsupported_transfer:
      return 501;
    case Fault::version_not_supported:
      return 505;
  }
  return 400;
}

const char* message_of(Fault fault) {
  switch (fault) {
    case Fault::bad_request:
      return "The request is not valid HTTP.";
    case Fault::header_too_big:
      return "The request's headers are too many (more than 100) or too big (limits.header_bytes of the "
             "server). "
             "Large cookies are often why: delete those of this site, or raise the limit.";
    case Fault::body_too_big:
      return "The request's body is too big.";
    case Fault::unsupported_transfer:
      return "The only Transfer-Encoding that is understood is chunked.";
    case Fault::version_not_supported:
      return "The versions that are understood are HTTP/1.1 and HTTP/1.0.";
  }
  return "The request is not valid HTTP.";
}

}  // namespace rollcall::http
