// What one kind of request is: its names, who may make it, how it is read. A file of this folder defines
// each, and table.cpp lists them.
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

// A call by HTTP (docs/http-api.md).
struct Route {
  std::string_view method;
  std::string_view pattern;
  Scope scope = Scope::read;
  const char* name = "";  // in the log: paths name users
};

struct Call {
  // By a socket: the event that asks, and the one that answers if no acknowledgement was asked for.
  std::string_view event = {};  // empty: clients cannot ask
  std::string_view reply = {};
  bool payload_optional = false;
  // After the answer the client is told of changes of what it says: on recovery it has heard all up to there.
  bool subscribes = false;
  Result<RequestPtr, wire::Error> (*read)(const wire::Fields&, const Limits&) = nullptr;

  Route route = {};  // without a method: backends cannot ask
  Result<QuestionPtr, wire::Error> (*read_http)(const HttpInput&, const Limits&) = nullptr;
};

}  // namespace rollcall::calls
