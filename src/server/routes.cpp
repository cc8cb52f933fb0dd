#include "server/routes.hpp"

namespace rollcall::server {

http::Response Routes::answer(const http::Request& request) const {
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  const auto found = handlers_.find(request.path);
  if (found == handlers_.end()) {
    response.status = 404;
    response.body = "Nothing is served at this path.\n";
    return response;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers.push_back({"allow", "GET, HEAD"});
    response.body = "This path answers GET and HEAD.\n";
    return response;
  }
  HttpAnswer answer = found->second(request.method, request.path);
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.body = std::move(answer.body);
  for (auto& [name, value] : answer.headers) response.headers.push_back({name, value});
  return response;
}

}  // namespace rollcall::server
