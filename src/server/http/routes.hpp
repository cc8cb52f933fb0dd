// HTTP outside Engine.IO: which handler a method and path belong to, and the form of the server's own
// refusals.
//
// Set up before the workers run, then read-only, by all of them.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/response.hpp"
#include "rollcall/http.hpp"

namespace rollcall::server {

class Routes {
 public:
  void add(std::string_view method, std::string_view pattern, HttpHandler handler, HttpGuard guard = nullptr);
  void set_error_page(HttpErrorPage page) { error_page_ = std::move(page); }

  struct Match {
    const HttpHandler* handler = nullptr;
    const HttpGuard* guard = nullptr;
    std::size_t route = 0;  // its index in `names`
    std::vector<std::pair<std::string, std::string>> parameters;
    unsigned status = 404;  // without a handler: 400, 404 or 405
    std::string allow;      // the allowed methods, for 405
  };
  Match match(std::string_view method, std::string_view path) const;

  struct Name {
    std::string method, pattern;
  };
  // The first stands for requests without a route.
  const std::vector<Name>& names() const { return names_; }

  // `sentence`: what is wrong, for the client's author.
  http::Response refusal(unsigned status, std::string_view sentence, std::string_view path) const;

  std::size_t body_bytes = 1'000'000;

 private:
  struct Route {
    HttpHandler handler;
    HttpGuard guard;
    std::size_t place = 0;
  };
  using Methods = std::map<std::string, Route, std::less<>>;
  struct Pattern {
    std::string text;
    std::vector<std::string> segments;  // "{name}" matches any segment
    Methods methods;
  };

  Methods& methods_of(std::string_view pattern);

  std::map<std::string, Methods, std::less<>> exact_;
  std::vector<Pattern> patterns_;
  std::vector<Name> names_{1};
  HttpErrorPage error_page_;
};

http::Response response_of(HttpAnswer answer);

}  // namespace rollcall::server
