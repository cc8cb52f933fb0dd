#include "server/http/pipe.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "websocket/encoder.hpp"

namespace rollcall::server {
namespace {
// From accept, or the first byte, to a complete header. Long, because a client that opens a thousand
// connections at once needs time to use them.
constexpr seconds kHeaderTimeout{30};
constexpr seconds kHandshakeTimeout{10};  // of TLS, which holds up to 73 KB until then
constexpr seconds kBodyTimeout{60};
constexpr std::size_t kSliceBytes = 4 * 1024;  // of held bytes, handled per turn
constexpr std::uint8_t kFreeRefusals =
    50;  // in a row before a pause; then half as many before each further one
}  // namespace

Pipe& Pipe::attach(net::Connection& connection, PipeContext& context) {
  auto* pipe = new Pipe(connection, context);
  connection.set_handler(pipe);
  return *pipe;
}

// Deferred: callers up the stack still use it, and its own deferred tasks come first.
void Pipe::end() {
  closing_ = true;
  forget_unfinished();
  if (http_) http_->waiting.end();
  connection_.loop().defer([this] { delete this; });
}

Pipe::Pipe(net::Connection& connection, PipeContext& context)
    : connection_(connection),
      context_(context),
      http_(std::make_unique<HttpState>(
          http::Limits{context.settings.header_bytes, context.routes.body_bytes},
          [this](Instant) { on_http_timeout(); }, context.waiting, *this)) {
  const bool secure = connection.secure();
  wait_for_request(secure ? kHandshakeTimeout : kHeaderTimeout);
  http_->awaits_handshake = secure;
  http_->waiting.begin(context.loop.now());
}

Pipe::~Pipe() {
  if (connection_.loop().dying()) return;
  if (!handed_over_ && connection_.counted()) context_.admission.remove_connection(connection_.peer());
  if (slowed_) context_.slow_lane.remove(*this);
}

void Pipe::wait_for_request(milliseconds limit) {
  net::Loop& loop = context_.loop;
  loop.timers().arm(http_->deadline, loop.now() + limit);
  http_->awaits_handshake = false;
}

void Pipe::on_http_timeout() {
  if (http_->awaits_handshake && !connection_.shaking_hands())
    return wait_for_request(kHeaderTimeout - kHandshakeTimeout);
  closing_ = true;
  if (http_->parser.idle()) {
    connection_.close_after_flush();
    return;
  }
  const http::Request* head = http_->parser.head();
  http::Response response =
      refusal(408, "The request did not arrive in time.", head ? head->path : std::string());
  response.close = true;
  connection_.send(http::serialize(response, false));
  connection_.close_after_flush();
}

void Pipe::on_bytes(std::span<char> bytes) {
  if (closing_) return;
  if (websocket_) {
    take_websocket(bytes);
  } else {
    take_http(bytes);
  }
  count_unfinished();
}

void Pipe::take_http(std::span<char> bytes) {
  while (!bytes.empty() && !closing_ && !blocked()) {
    if (http_->parser.idle()) wait_for_request(kHeaderTimeout);
    auto used = http_->parser.feed({bytes.data(), bytes.size()});
    if (!used) {
      fault(used.error());
      return;
    }
    if (const http::Request* head = http_->parser.head(); head && !http_->head_seen) {
      if (give_away(*head, bytes)) return;
      head_arrived(*head);
      if (closing_) return;
    } else if (!head) {
      http_->head_bytes.append(bytes.data(), *used);
    }
    bytes = bytes.subspan(*used);
    if (http_->parser.complete()) {
      request_arrived(http_->parser.take());
      if (websocket_) {
        if (!bytes.empty() && !closing_) take_websocket(bytes);
        return;
      }
    } else if (*used == 0) {
      break;
    }
  }
  if (bytes.empty() || closing_) return;
  hold(bytes);
}

// Backpressure: stop reading until the held bytes are handled.
void Pipe::hold(std::span<const char> bytes) {
  http_->held.append(bytes.data(), bytes.size());
  connection_.pause();
}

// In slices: the held bytes may be hundreds of requests.
void Pipe::on_resume() {
  if (closing_ || !http_) return;
  if (auto posted = std::move(http_->posted)) {
    context_.port.continue_post(*this, std::move(*posted));
    return;
  }
  if (blocked()) {
    connection_.pause();
    return;
  }
  std::string held;
  held.swap(http_->held);
  const std::span<char> bytes(held.data(), held.size());
  const std::span<char> rest = bytes.subspan(std::min(kSliceBytes, bytes.size()));
  http_->behind = rest;
  on_bytes(bytes.first(bytes.size() - rest.size()));
  if (http_) http_->behind = {};
  if (closing_ || rest.empty()) return;
  if (websocket_) {
    take_websocket(rest);
  } else {
    hold(rest);
    if (!blocked()) connection_.resume();
  }
  count_unfinished();
}

void Pipe::continue_post_later(PostedPackets posted) {
  http_->posted = std::make_unique<PostedPackets>(std::move(posted));
  connection_.resume();
}

void Pipe::count_refusal() {
  if (++refusals_ < kFreeRefusals) return;
  refusals_ = kFreeRefusals / 2;
  slow_down();
}

void Pipe::slow_down() {
  if (closing_ || std::exchange(slowed_, true)) return;
  connection_.pause();
  context_.slow_lane.add(*this, context_.loop.now());
}

void speed_up(Pipe& pipe) {
  pipe.speed_up();
}

void Pipe::speed_up() {
  slowed_ = false;
  if (!closing_ && !blocked()) connection_.resume();
}

bool Pipe::give_away(const http::Request& head, std::span<const char> last_read) {
  std::string bytes;
  bytes.swap(http_->head_bytes);
  if (head.path != context_.settings.path) return false;
  const auto sid = http::query_parameter(head.query, "sid");
  const auto owner = sid ? context_.port.other_owner(*sid) : std::nullopt;
  if (!owner) return false;
  auto channel = connection_.release();
  if (!channel) return closing_;
  handed_over_ = true;
  bytes.append(last_read.data(), last_read.size()).append(http_->behind.data(), http_->behind.size());
  context_.hand_over(*owner, std::move(*channel), std::move(bytes));
  end();
  return true;
}

void Pipe::head_arrived(const http::Request& head, bool faulty) {
  http_->head_seen = true;
  http_->vouched = false;
  http_->keep_alive = head.keep_alive;
  http_->head_request = head.method == "HEAD";
  http_->chunks_understood = !head.http_1_0;
  http_->cors = http::cors_headers(context_.settings.cors, head);
  wait_for_request(kBodyTimeout);
  if (!faulty && !http_->parser.complete()) {
    if (auto refused = refusal_of_body(head)) {
      refused->close = true;
      respond(std::move(*refused));
      return;
    }
  }
  if (head.path == context_.settings.path && head.method == "POST") context_.port.post_started(*this, head);
  if (vouched()) http_->waiting.end();
  if (head.expects_continue && !http_->parser.complete()) {
    connection_.send(std::string("HTTP/1.1 100 Continue\r\n\r\n"));
  }
}

void Pipe::request_arrived(http::Request request) {
  http_->answer_due = true;
  http_->waiting.end();
  context_.loop.timers().disarm(http_->deadline);
  if (auto preflight = http::preflight(context_.settings.cors, request)) {
    http_->cors.clear();
    respond(std::move(*preflight));
  } else if (request.path == context_.settings.path) {
    context_.port.handle(*this, request);
  } else {
    serve(std::move(request));
  }
  const bool polls_as_stranger = role_ == PipeRole::poll && http_->answer_due && !vouched();
  if (polls_as_stranger && !closing_) http_->waiting.begin(context_.loop.now());
}

bool Pipe::vouched() const {
  return session_ ? session_->known() : http_->vouched;
}

void Pipe::fault(http::Fault fault) {
  if (const http::Request* head = http_->parser.head(); head && !http_->head_seen) head_arrived(*head, true);
  context_.port.pipe_lost(*this, PipeLoss::gone);
  if (closing_) return;
  constexpr const char* kEvent = "request refused";
  const unsigned status = http::status_of(fault);
  const http::Request* head = http_->parser.head();
  if (base::log::sampled(base::log::Level::info, kEvent, std::to_string(status), context_.loop.now())) {
    const net::PeerAddress& peer = connection_.peer();
    const auto client = head ? context_.admission.client_of(peer, *head).address : peer;
    base::log::info(kEvent,
                    {{"status", status}, {"reason", http::message_of(fault)}, {"address", client.text()}});
  }
  http::Response response = refusal(status, http::message_of(fault), head ? head->path : std::string());
  response.close = true;
  respond(std::move(response));
}

void Pipe::upgrade(const std::string& accept_key, std::string_view protocol) {
  constexpr std::string_view kHead =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ";
  const std::string_view name = protocol.empty() ? "" : "\r\nSec-WebSocket-Protocol: ";
  connection_.send(base::Frame::make(kHead, {accept_key, name, protocol, "\r\n\r\n"}, false));
  websocket_ = true;
  forget_unfinished();
  context_.loop.timers().disarm(http_->deadline);
  // Its parser may be on the stack of take_http: free it after that returns.
  context_.loop.defer([this] { http_.reset(); });
}

void Pipe::take_websocket(std::span<char> bytes) {
  if (partial_) {
    take_messages(partial_->decoder, bytes);
    if (partial_->decoder.idle()) partial_.reset();
    return;
  }
  const bool known = session_ && session_->known();
  websocket::Decoder& spare = known ? context_.spare_decoder : context_.stranger_decoder;
  take_messages(spare, bytes);
  if (spare.idle()) return;
  if (!closing_) partial_ = std::make_unique<PartialMessage>(PartialMessage{std::move(spare), nullptr});
  spare =
      websocket::Decoder(known ? context_.settings.max_payload_bytes : context_.settings.stranger_bytes());
}

void Pipe::take_messages(websocket::Decoder& decoder, std::span<char> bytes) {
  while (!closing_ && !connection_.overflowing()) {
    auto message = decoder.next(bytes);
    if (!message) {
      context_.counters.add(Count::broken_frames);
      close_websocket(static_cast<std::uint16_t>(message.error()));
      context_.port.pipe_lost(*this, PipeLoss::gone);
      return;
    }
    if (!*message) return;
    switch ((*message)->kind) {
      case websocket::Kind::text:
        context_.port.websocket_message(*this, (*message)->data, false);
        break;
      case websocket::Kind::binary:
        context_.port.websocket_message(*this, (*message)->data, true);
        break;
      case websocket::Kind::ping:
        connection_.send(websocket::make_frame(websocket::Opcode::pong, {(*message)->data}));
        break;
      case websocket::Kind::pong:
        break;
      case websocket::Kind::close:
        take_close(**message);
        return;
    }
  }
}

void Pipe::take_close(const websocket::Message& message) {
  constexpr std::uint16_t kNoStatus = 1005;
  close_websocket(message.close_code == kNoStatus ? kNormalClosure : message.close_code);
  context_.port.pipe_lost(*this, PipeLoss::close_frame);
}

void Pipe::close_websocket(std::uint16_t code) {
  if (closing_) return;
  closing_ = true;
  connection_.send(websocket::encode_close(code, {}));
  connection_.close_after_flush();
}

void Pipe::on_end() {
  ended_ = true;
  if (closing_) return;
  // The client of a deferred answer, or of a websocket, is gone.
  if (role_ == PipeRole::none && http_ && !http_->parser.head() && !http_->answer_due && !websocket_) {
    closing_ = true;
    connection_.close_after_flush();
    return;
  }
  closing_ = true;
  context_.port.pipe_lost(*this, PipeLoss::gone);
  connection_.abort();
}

void Pipe::on_closed(net::CloseCause cause) {
  closing_ = true;
  context_.port.pipe_lost(*this, cause == net::CloseCause::overflow ? PipeLoss::overflow : PipeLoss::gone);
  if (http_ && http_->exchange) {
    if (cause == net::CloseCause::overflow) context_.counters.add(Count::slow_readers);
    http_->exchange->lost();
  }
  end();
}

void Pipe::on_sent() {
  if (http_ && http_->exchange) http_->exchange->all_sent();
}

}  // namespace rollcall::server
