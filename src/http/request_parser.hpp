// Turns what an HTTP/1.x client sends into requests (RFC 9112).
//
// Each connection has one, fed by its pipe. How the input is split never changes the result. The grammar is
// Boost.Beast's; in addition, anything that two servers could parse differently (request smuggling) is a
// fault: Content-Length with Transfer-Encoding, differing lengths, folded lines, bare CR or LF, control
// characters, no Host or several.
//
// Bounds: a head, and a chunk's framing with the trailers, has at most `header_bytes` each; a request has
// at most kMaxHeaders headers and a body of `body_bytes`. Buffers grow with the bytes received, never with
// the length announced; time is linear in the input; an idle parser owns no heap memory. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "http/fault.hpp"
#include "http/request.hpp"
#include "rollcall/result.hpp"

namespace rollcall::http {

inline constexpr std::size_t kMaxHeaders = 100;  // trailers count, and are dropped

struct Limits {
  std::size_t header_bytes;
  std::size_t body_bytes;
};

class RequestParser {
 public:
  explicit RequestParser(Limits limits);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  // Returns how many bytes were consumed: all of them, unless the request is complete; then the rest belongs
  // to the next request, or to the protocol the connection is upgraded to. A request for an upgrade is
  // complete at the end of its head, or of its body if it announces one: otherwise the body could be parsed
  // as a request when the upgrade is refused. Every call after a fault returns it again.
  Result<std::size_t, Fault> feed(std::string_view bytes);

  // The request as soon as its head is complete, without (all of) its body; null before. It stays after a
  // fault in the body, body_too_big among them, so that the answer can carry CORS headers.
  const Request* head() const;

  // Of the request in hand, whose head is complete: how long its body is to be. Nothing if it comes in
  // chunks.
  std::optional<std::size_t> announced_body() const;
  // Lowers the body limit of the current request, whose head is complete. False: its announced or received
  // body is already larger.
  bool limit_body(std::size_t bytes);

  bool complete() const;

  // The approximate memory of the current request.
  std::size_t buffered_bytes() const;

  // The complete request; the parser is ready for the next one.
  Request take();

  // Nothing of a request was received yet.
  bool idle() const;

 private:
  class Machine;

  Limits limits_;
  std::unique_ptr<Machine> machine_;  // none between requests
};

// There is one for every connection that speaks HTTP.
static_assert(sizeof(RequestParser) <= 32);

}  // namespace rollcall::http
