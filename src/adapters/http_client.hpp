// HTTP requests to others, by libcurl: one at a time in each of several slots, whose connections are kept for
// the next one.
//
// Everything but `wake` belongs to one thread. Redirects are not followed, certificates are always verified,
// and of an answer only its status is of interest: its body is thrown away.
//
// Bounds: a request takes `timeout` at most, an answer's body kMostAnswerBytes (libcurl bounds its head).
#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/time.hpp"

namespace rollcall::adapters {

struct HttpClientSettings {
  milliseconds timeout{10000};
  std::string ca_file;  // PEM: trusted instead of the system's certificates; empty = the system's
  std::string user_agent;
};

// What a request came to.
struct HttpResult {
  std::size_t slot = 0;
  unsigned status = 0;     // 0: none came
  std::string reason;      // why none came, for a person
  seconds retry_after{0};  // what the head asks for
};

class HttpClient {
 public:
  static constexpr std::size_t kMostAnswerBytes = 64 * 1024;

  HttpClient(const HttpClientSettings& settings, std::size_t slots);
  ~HttpClient();  // what is under way is broken off
  // As if made anew. Nothing must be under way.
  void reset(const HttpClientSettings& settings, std::size_t slots);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The slot `index` must be free: its last answer was taken. `body` must stay until this one's is.
  void post(std::size_t index, const std::string& url, const std::vector<std::string>& headers,
            std::string_view body);
  // Until an answer may be there, something else is to be done for a request, `wake` is called, or `most`
  // passes.
  void wait(milliseconds most);
  std::optional<HttpResult> take_answer();
  std::size_t under_way() const { return under_way_; }

  // From any thread: ends the `wait` that is going on, or else the next one.
  void wake();

 private:
  struct Slot;
  void make_slots(std::size_t slots);
  void set_up(Slot& slot);
  HttpResult answer_of(Slot& slot, CURLcode code);

  HttpClientSettings settings_;
  CURLM* multi_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::size_t under_way_ = 0;
};

}  // namespace rollcall::adapters
