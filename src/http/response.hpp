// A response, and the bytes to send for it (RFC 9112, section 4).
//
// Called by the pipe that owns the connection. A Response cannot inject anything into the head: fields that
// violate the grammar are left out. Pure functions: safe on any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace rollcall::http {

struct Response {
  unsigned status = 200;
  std::vector<Header> headers;
  std::string content_type;  // empty: none
  std::string body;
  bool close = false;
};

// The framing is decided here: headers named Content-Length, Transfer-Encoding and (but for 1xx) Connection
// are ours and are left out of `response.headers`. The connection has to be closed afterwards if not
// `keep_alive` or if `response.close`. Keep-alive is always stated, because HTTP/1.0 clients need that.
// The answer to a HEAD request has the Content-Length of the body that it does not have.
std::string serialize(const Response& response, bool keep_alive, bool head_request = false);

// The beginning of an answer that is sent piece by piece, `response.body` apart: as chunks, or to the end of
// the connection (HTTP/1.0).
std::string serialize_stream(const Response& response, bool keep_alive, bool chunked);
// Before and after the bytes of each chunk, which must not be empty; and after all of them.
std::string chunk_begin(std::size_t bytes);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// 1xx, 204 and 304 have no body, whatever is asked.
bool has_no_body(unsigned status);

// Empty for a status that has none.
std::string_view reason_of(unsigned status);

}  // namespace rollcall::http
