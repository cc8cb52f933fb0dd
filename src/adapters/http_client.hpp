// An HTTP client on libcurl: several slots, each with one request in flight and a connection that is kept
// alive between requests.
//
// All functions but `wake` belong to one thread. Redirects are not followed, certificates are always
// verified, and response bodies are discarded: only the status counts.
//
// Bounds: a request takes at most `timeout`, a response body at most kMostAnswerBytes (libcurl bounds the
// head).
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
  std::string ca_file;  // PEM file to trust instead of the system's certificates; empty: the system's
  std::string user_agent;
};

// The outcome of a request.
struct HttpResult {
  std::size_t slot = 0;
  unsigned status = 0;     // 0: no response
  std::string reason;      // why there was no response; for people
  seconds retry_after{0};  // from the Retry-After header
};

class HttpClient {
 public:
  static constexpr std::size_t kMostAnswerBytes = 64 * 1024;

  HttpClient(const HttpClientSettings& settings, std::size_t slots);
  ~HttpClient();  // aborts requests in flight
  // As if newly constructed. No request may be in flight.
  void reset(const HttpClientSettings& settings, std::size_t slots);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The slot `index` must be free, its last answer taken. `body` must live until the answer is taken.
  void post(std::size_t index, const std::string& url, const std::vector<std::string>& headers,
            std::string_view body);
  // Returns when an answer may be ready, a request needs work, `wake` was called, or after `most`.
  void wait(milliseconds most);
  std::optional<HttpResult> take_answer();
  std::size_t under_way() const { return under_way_; }

  // From any thread: ends the current `wait`, or the next one if none is running.
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
