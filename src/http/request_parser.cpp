#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "http/line_buffer.hpp"

namespace rollcall::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::size_t kUsualHeaders = 16;  // room for them at once, which spares most requests any growth

std::string lower(beast::string_view text) {
  std::string result(text.data(), text.size());
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return result;
}

std::size_t count(const Request& request, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(request.headers.begin(), request.headers.end(),
                                                [&](const Header& field) { return field.name == name; }));
}

// Beast has one error for another version and for an invalid one.
bool names_a_version(std::string_view request_line) {
  const std::size_t method_end = request_line.find(' ');
  const std::size_t target_end = request_line.find(' ', method_end + 1);
  if (method_end == std::string_view::npos || target_end == std::string_view::npos) return false;
  const std::string_view version = request_line.substr(target_end + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]);
}

// Where the host begins in the absolute form of a target, as proxies are sent it; 0 if it is in another form.
std::size_t authority_begin(std::string_view target) {
  if (target.starts_with('/')) return 0;
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::string_view begin = target.substr(0, scheme.size());
    if (lower({begin.data(), begin.size()}) == scheme && target.size() > scheme.size() &&
        target[scheme.size()] != '/' && target[scheme.size()] != '?') {
      return scheme.size();
    }
  }
  return 0;
}

// Not the full grammar of a host: refuses what another server could parse as a different host.
bool is_host(std::string_view value) {
  return value.find_first_of(" \t,/?#@\\") == std::string_view::npos;
}

}  // namespace

// One request. Beast gets complete pieces only (the head, the framing of one chunk, the last chunk with the
// trailers) and data as it arrives: so it never scans bytes twice, and how they were split makes no
// difference.
class RequestParser::Machine final : private beast::http::basic_parser<true> {
 public:
  explicit Machine(Limits limits) : limits_(limits), lines_(limits.header_bytes) {
    body_limit(boost::none);  // body_bytes is judged here, when the head is known
  }

  Result<std::size_t, Fault> feed(std::string_view bytes) {
    std::size_t used = 0;
    while (!fault_ && phase_ != Phase::complete && used < bytes.size()) used += step(bytes.substr(used));
    if (fault_) return fail(*fault_);
    return used;
  }

  const Request* head() const { return head_ready_ ? &request_ : nullptr; }
  std::optional<std::size_t> announced_body() const {
    if (chunked()) return std::nullopt;
    return static_cast<std::size_t>(content_length().value_or(0));
  }
  bool limit_body(std::size_t bytes) {
    limits_.body_bytes = std::min(limits_.body_bytes, bytes);
    return request_.body.size() <= limits_.body_bytes && content_length().value_or(0) <= limits_.body_bytes;
  }
  bool complete() const { return phase_ == Phase::complete && !fault_; }
  std::size_t buffered_bytes() const {
    return sizeof(Machine) + lines_.capacity() + 2 * head_bytes_ + request_.body.capacity() +
           request_.headers.capacity() * sizeof(Header);
  }
  bool idle() const { return phase_ == Phase::head && lines_.text().empty() && !fault_; }
  Request take() { return std::move(request_); }

 private:
  enum class Phase : std::uint8_t { head, body, chunk_line, trailers, chunk_data, complete };

  std::size_t step(std::string_view bytes);
  std::size_t take_lines(std::string_view bytes);
  bool lines_suffice();
  void parse_lines();
  void refuse_lines(const error_code& error);
  std::size_t parse_data(std::string_view bytes);
  std::optional<Fault> fault_of_head() const;
  void take_absolute_host();
  bool body_too_big(std::uint64_t bytes) const { return bytes > limits_.body_bytes - request_.body.size(); }
  void refuse(Fault fault, error_code& error);

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code&) override;
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view data, error_code&) override;
  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, beast::string_view data, error_code&) override;
  void on_finish_impl(error_code&) override { phase_ = Phase::complete; }

  Limits limits_;
  LineBuffer lines_;
  Request request_;
  std::string absolute_host_;  // of the target, if it has one
  std::size_t head_bytes_ = 0;
  std::size_t header_count_ = 0;
  std::optional<Fault> fault_;
  Phase phase_ = Phase::head;
  bool head_ready_ = false;
  bool empty_line_seen_ = false;
  bool chunk_seen_ = false;
};

std::size_t RequestParser::Machine::step(std::string_view bytes) {
  const bool is_data = phase_ == Phase::body || phase_ == Phase::chunk_data;
  return is_data ? parse_data(bytes) : take_lines(bytes);
}

std::size_t RequestParser::Machine::take_lines(std::string_view bytes) {
  // Reported immediately, because after an overlong chunk the end of the line may never come.
  if (chunk_seen_ && lines_.text().empty() && bytes.front() != '\r') {
    fault_ = Fault::bad_request;
    return 0;
  }
  const auto used = lines_.take_line(bytes);
  if (!used) {
    fault_ = used.error();
    return 0;
  }
  if (lines_.line_complete() && lines_suffice()) parse_lines();
  return *used;
}

bool RequestParser::Machine::lines_suffice() {
  if (phase_ == Phase::trailers) return lines_.last_line_empty();
  // The end of the chunk before is a line of its own to us, to Beast it belongs to the next chunk.
  if (phase_ == Phase::chunk_line) return !(chunk_seen_ && lines_.text().size() == 2);
  if (!lines_.last_line_empty()) return false;
  if (lines_.text().size() > 2) return true;
  // Some clients send an empty line after a body; only one is accepted, or idle() could be delayed forever.
  if (std::exchange(empty_line_seen_, true)) fault_ = Fault::bad_request;
  lines_.release();
  return false;
}

void RequestParser::Machine::parse_lines() {
  const std::string_view text = lines_.text();
  constexpr std::size_t kMaxLimit = std::numeric_limits<std::uint32_t>::max();
  header_limit(static_cast<std::uint32_t>(std::min(text.size() + 1, kMaxLimit)));
  error_code error;
  const std::size_t used = put({text.data(), text.size()}, error);
  if (error == beast::http::error::need_more && phase_ == Phase::chunk_line) {
    phase_ = Phase::trailers;
    return;
  }
  if (error) {
    refuse_lines(error);
    return;
  }
  ROLLCALL_ASSERT(used == text.size());
  if (head_bytes_ == 0) head_bytes_ = text.size();
  lines_.release();
}

void RequestParser::Machine::refuse_lines(const error_code& error) {
  if (fault_) return;
  const std::string_view request_line = lines_.text().substr(0, lines_.text().find('\r'));
  const bool other_version = error == beast::http::error::bad_version && names_a_version(request_line);
  fault_ = other_version ? Fault::version_not_supported : Fault::bad_request;
}

std::size_t RequestParser::Machine::parse_data(std::string_view bytes) {
  error_code error;
  const std::size_t used = put({bytes.data(), bytes.size()}, error);
  ROLLCALL_ASSERT(!error && used > 0);
  return used;
}

// What Host says is ignored then (RFC 9112, section 3.2.2).
void RequestParser::Machine::take_absolute_host() {
  const auto is_host_field = [](const Header& field) { return field.name == "host"; };
  const auto field = std::find_if(request_.headers.begin(), request_.headers.end(), is_host_field);
  if (field == request_.headers.end()) {
    request_.headers.push_back({"host", std::move(absolute_host_)});
  } else {
    field->value = std::move(absolute_host_);
  }
}

std::optional<Fault> RequestParser::Machine::fault_of_head() const {
  const std::size_t hosts = count(request_, "host");
  if (hosts > 1 || (hosts == 0 && !request_.http_1_0)) return Fault::bad_request;
  if (hosts == 1 && !is_host(*request_.header("host"))) return Fault::bad_request;
  if (!is_host(absolute_host_)) return Fault::bad_request;

  const auto encoding = request_.header("transfer-encoding");
  if (!encoding) return std::nullopt;
  // HTTP/1.0 has no such header, so its framing cannot be trusted (RFC 9112, section 6.1).
  if (request_.http_1_0 || request_.header("content-length")) return Fault::bad_request;
  if (count(request_, "transfer-encoding") > 1) return Fault::unsupported_transfer;
  if (lower({encoding->data(), encoding->size()}) != "chunked") return Fault::unsupported_transfer;
  return chunked() ? std::nullopt : std::optional(Fault::bad_request);
}

void RequestParser::Machine::refuse(Fault fault, error_code& error) {
  fault_ = fault;
  error = beast::http::error::bad_value;  // any error will do: fault_ is what we report
}

void RequestParser::Machine::on_request_impl(beast::http::verb, beast::string_view method,
                                             beast::string_view target, int version, error_code&) {
  request_.method.assign(method.data(), method.size());
  request_.target.assign(target.data(), target.size());
  std::string_view local = request_.target;
  if (const std::size_t authority = authority_begin(local); authority > 0) {
    local.remove_prefix(authority);
    const std::size_t end = std::min(local.find_first_of("/?"), local.size());
    absolute_host_ = local.substr(0, end);
    local.remove_prefix(end);
  }
  const std::size_t path_end = std::min(local.find('?'), local.size());
  request_.path = absolute_host_.empty() || path_end > 0 ? local.substr(0, path_end) : "/";
  if (path_end < local.size()) request_.query = local.substr(path_end + 1);
  request_.http_1_0 = version == 10;
  request_.headers.reserve(kUsualHeaders);
}

void RequestParser::Machine::on_field_impl(beast::http::field, beast::string_view name,
                                           beast::string_view value, error_code& error) {
  if (++header_count_ > kMaxHeaders) {
    refuse(Fault::header_too_big, error);
  } else if (!head_ready_) {
    request_.headers.push_back({lower(name), std::string(value.data(), value.size())});
  }
}

void RequestParser::Machine::on_header_impl(error_code& error) {
  if (const auto fault = fault_of_head()) {
    refuse(*fault, error);
    return;
  }
  if (!absolute_host_.empty()) take_absolute_host();
  request_.keep_alive = keep_alive();
  head_ready_ = true;
  const std::uint64_t length = content_length().value_or(0);
  if (body_too_big(length)) {
    refuse(Fault::body_too_big, error);
    return;
  }
  const auto expect = request_.header("expect");
  request_.expects_continue = expect && lower({expect->data(), expect->size()}) == "100-continue" &&
                              !request_.http_1_0 && (length > 0 || chunked());
  phase_ = chunked() ? Phase::chunk_line : Phase::body;
}

std::size_t RequestParser::Machine::on_body_impl(beast::string_view data, error_code&) {
  request_.body.append(data.data(), data.size());
  return data.size();
}

void RequestParser::Machine::on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code& error) {
  if (size == 0) return;
  if (body_too_big(size)) {
    refuse(Fault::body_too_big, error);
    return;
  }
  chunk_seen_ = true;
  phase_ = Phase::chunk_data;
}

std::size_t RequestParser::Machine::on_chunk_body_impl(std::uint64_t remain, beast::string_view data,
                                                       error_code&) {
  request_.body.append(data.data(), data.size());
  if (data.size() == remain) phase_ = Phase::chunk_line;
  return data.size();
}

RequestParser::RequestParser(Limits limits) : limits_(limits) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

Result<std::size_t, Fault> RequestParser::feed(std::string_view bytes) {
  if (!machine_) {
    if (bytes.empty()) return std::size_t{0};
    machine_ = std::make_unique<Machine>(limits_);
  }
  return machine_->feed(bytes);
}

const Request* RequestParser::head() const {
  return machine_ ? machine_->head() : nullptr;
}
std::optional<std::size_t> RequestParser::announced_body() const {
  return machine_->announced_body();
}
bool RequestParser::limit_body(std::size_t bytes) {
  return machine_->limit_body(bytes);
}
bool RequestParser::complete() const {
  return machine_ && machine_->complete();
}
std::size_t RequestParser::buffered_bytes() const {
  return machine_ ? machine_->buffered_bytes() : 0;
}
bool RequestParser::idle() const {
  return !machine_ || machine_->idle();
}

Request RequestParser::take() {
  ROLLCALL_ASSERT(complete());
  Request request = machine_->take();
  machine_.reset();
  return request;
}

}  // namespace rollcall::http
