#include "adapters/http_client.hpp"

#include "base/assert.hpp"
#include "base/free_with.hpp"

namespace rollcall::adapters {
namespace {

using List = std::unique_ptr<curl_slist, base::FreeWith<curl_slist_free_all>>;

void append(List& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  ROLLCALL_ASSERT(grown != nullptr);
  static_cast<void>(list.release());
  list.reset(grown);
}

// libcurl's global state: once per process, before any client's thread.
void initialise() {
  static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  ROLLCALL_ASSERT(done);
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  ROLLCALL_ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

std::size_t throw_away(char*, std::size_t size, std::size_t count, void* slot_received) {
  std::size_t& received = *static_cast<std::size_t*>(slot_received);
  received += size * count;
  return received <= HttpClient::kMostAnswerBytes ? size * count : 0;
}

}  // namespace

struct HttpClient::Slot {
  std::size_t index = 0;
  CURL* easy = curl_easy_init();
  List headers;
  std::size_t received = 0;
  char error[CURL_ERROR_SIZE] = {};

  ~Slot() { curl_easy_cleanup(easy); }
};

HttpClient::HttpClient(const HttpClientSettings& settings, std::size_t slots) : settings_(settings) {
  initialise();
  multi_ = curl_multi_init();
  ROLLCALL_ASSERT(multi_ != nullptr);
  make_slots(slots);
}

void HttpClient::reset(const HttpClientSettings& settings, std::size_t slots) {
  ROLLCALL_ASSERT(under_way_ == 0);
  settings_ = settings;
  make_slots(slots);
}

void HttpClient::make_slots(std::size_t slots) {
  slots_.clear();
  for (std::size_t i = 0; i < slots; ++i) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->index = i;
    set_up(*slots_.back());
  }
}

HttpClient::~HttpClient() {
  for (const auto& slot : slots_) curl_multi_remove_handle(multi_, slot->easy);
  slots_.clear();
  curl_multi_cleanup(multi_);
}

void HttpClient::set_up(Slot& slot) {
  CURL* easy = slot.easy;
  ROLLCALL_ASSERT(easy != nullptr);
  set(easy, CURLOPT_PRIVATE, &slot);
  set(easy, CURLOPT_ERRORBUFFER, slot.error);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.timeout.count()));
  set(easy, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  set(easy, CURLOPT_WRITEFUNCTION, throw_away);
  set(easy, CURLOPT_WRITEDATA, &slot.received);
  set(easy, CURLOPT_POST, 1L);
  // Do not wait for a pending name lookup when the process ends.
  set(easy, CURLOPT_QUICK_EXIT, 1L);
  if (settings_.ca_file.empty()) return;
  set(easy, CURLOPT_CAINFO, settings_.ca_file.c_str());
  set(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

void HttpClient::post(std::size_t index, const std::string& url, const std::vector<std::string>& headers,
                      std::string_view body) {
  Slot& slot = *slots_[index];
  ROLLCALL_ASSERT(!slot.headers);
  for (const std::string& header : headers) append(slot.headers, header);
  append(slot.headers, "Expect:");  // saves the round trip of "Expect: 100-continue"
  slot.received = 0;
  slot.error[0] = '\0';
  set(slot.easy, CURLOPT_URL, url.c_str());
  set(slot.easy, CURLOPT_HTTPHEADER, slot.headers.get());
  set(slot.easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(slot.easy, CURLOPT_POSTFIELDS, body.data());
  ROLLCALL_ASSERT(curl_multi_add_handle(multi_, slot.easy) == CURLM_OK);
  ++under_way_;
}

void HttpClient::wait(milliseconds most) {
  int running = 0;
  ROLLCALL_ASSERT(curl_multi_perform(multi_, &running) == CURLM_OK);
  if (static_cast<std::size_t>(running) < under_way_) return;
  curl_multi_poll(multi_, nullptr, 0, static_cast<int>(most.count()), nullptr);
  ROLLCALL_ASSERT(curl_multi_perform(multi_, &running) == CURLM_OK);
}

std::optional<HttpResult> HttpClient::take_answer() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Slot* slot = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
    HttpResult answer = answer_of(*slot, code);
    curl_multi_remove_handle(multi_, slot->easy);
    slot->headers.reset();
    --under_way_;
    return answer;
  }
  return std::nullopt;
}

HttpResult HttpClient::answer_of(Slot& slot, CURLcode code) {
  HttpResult answer;
  answer.slot = slot.index;
  if (slot.received > kMostAnswerBytes) {
    answer.reason = "the answer is longer than " + std::to_string(kMostAnswerBytes) + " bytes";
  } else if (code != CURLE_OK) {
    answer.reason = slot.error[0] ? slot.error : curl_easy_strerror(code);
  } else {
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(slot.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(slot.easy, CURLINFO_RETRY_AFTER, &wait);
    answer.status = static_cast<unsigned>(status);
    answer.retry_after = seconds(wait);
  }
  return answer;
}

void HttpClient::wake() {
  curl_multi_wakeup(multi_);
}

}  // namespace rollcall::adapters
