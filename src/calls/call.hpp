// One kind of request: its names, who may make it, and how it is read. Each has its own .cpp in this folder;
// table.hpp lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "calls/limits.hpp"
#include "calls/request.hpp"
#include "calls/service_key.hpp"
#include "wire/fields.hpp"

namespace rollcall::calls {

// What came with an HTTP request, decoded: any bytes.
class HttpInput {
 public:
  virtual ~HttpInput() = default;
  virtual std::string_view path(std::string_view name) const = 0;  // a parameter of the route's pattern
  virtual std::optional<std::string> query(std::string_view name) const = 0;
  virtual std::string_view body() const = 0;
};

// How a call is reached over HTTP (docs/http-api.md).
struct Route {
  std::string_view method;
  std::string_view pattern;
  Scope scope = Scope::read;
  const char* name = "";  // for the log, which must not contain paths: they hold user ids
};

struct Call {
  // From a socket: the request's event, and the reply's event if the client asked for no acknowledgement.
  std::string_view event = {};  // empty: clients cannot ask
  std::string_view reply = {};
  bool payload_optional = false;
  // The client is told of later changes to what the answer says. On recovery, everything up to the answer
  // counts as received.
  bool subscribes = false;
  Result<RequestPtr, wire::Error> (*read)(const wire::Fields&, const Limits&) = nullptr;

  Route route = {};  // without a method: backends cannot ask
  Result<QuestionPtr, wire::Error> (*read_http)(const HttpInput&, const Limits&) = nullptr;
};

}  // namespace rollcall::calls
