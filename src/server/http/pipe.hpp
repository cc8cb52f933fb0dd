// One connection's stack of machines: HTTP, until a request upgrades it to WebSocket.
//
// net::Connection passes it bytes; it passes requests for Socket.IO's path and messages to its port, and
// other requests to the handlers of Routes, through an Exchange. One request at a time: nothing is read while
// an answer is due, so pipelined requests wait at the client. The HTTP half is freed once the connection is a
// websocket.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.hpp"
#include "http/response.hpp"
#include "net/connection.hpp"
#include "server/http/exchange.hpp"
#include "server/http/http_settings.hpp"
#include "server/http/pipe_port.hpp"
#include "server/http/routes.hpp"
#include "server/http/slow_lane.hpp"
#include "server/http/unfinished.hpp"
#include "server/http/waiting.hpp"
#include "server/shared/admission.hpp"
#include "server/shared/counters.hpp"
#include "server/shared/deadline.hpp"
#include "websocket/decoder.hpp"

namespace rollcall::server {

// Takes over a connection whose current request belongs to another worker, with the bytes read so far.
using HandOver = std::function<void(WorkerIndex to, net::Channel channel, std::string bytes)>;

void speed_up(Pipe& pipe);  // for SlowLane

// State that the pipes of a worker share.
struct PipeContext {
  PipeContext(net::Loop& its_loop, PipePort& its_port, const HttpSettings& its_settings,
              const Routes& its_routes, HandOver hands_over, Admission& admits, Counters& counts,
              HttpCounters& counts_http)
      : loop(its_loop),
        port(its_port),
        settings(its_settings),
        routes(its_routes),
        admission(admits),
        counters(counts),
        http_counters(counts_http),
        hand_over(std::move(hands_over)),
        door(std::make_shared<Door>(loop)),
        slow_lane(loop.timers(), [](Pipe& pipe) { server::speed_up(pipe); }),
        unfinished(admission.most_unfinished_bytes(), counters),
        waiting(counters),
        spare_decoder(settings.max_payload_bytes),
        stranger_decoder(settings.stranger_bytes()) {}

  net::Loop& loop;
  PipePort& port;
  const HttpSettings& settings;
  const Routes& routes;
  Admission& admission;
  Counters& counters;
  HttpCounters& http_counters;
  HandOver hand_over;
  std::shared_ptr<Door> door;
  boost::unordered_flat_set<Exchange*> exchanges;  // not over
  bool draining = false;
  SlowLane slow_lane;
  UnfinishedList unfinished;
  WaitingList waiting;
  // Shared decoder, idle between reads: most reads end at a message boundary, so few pipes need their own.
  websocket::Decoder spare_decoder;
  websocket::Decoder stranger_decoder;  // the same for unknown sessions
};

class Pipe final : public net::ConnectionHandler {
 public:
  // Attaches itself to the connection; lives until the end of the turn in which that is closed or handed
  // over.
  static Pipe& attach(net::Connection& connection, PipeContext& context);
  ~Pipe();

  void on_bytes(std::span<char> bytes) override;

  net::Connection& connection() { return connection_; }
  const net::Connection& connection() const { return connection_; }

  // Answers the current request; adds CORS headers.
  void respond(http::Response response);
  // The same in pieces. False if only the head is sent; it must be ended all the same.
  bool begin_stream(HttpAnswer head);
  void stream(std::string_view bytes);
  void end_stream(bool close);
  void forget_exchange();
  // Passes the rest to PipePort::continue_post in the next turn.
  void continue_post_later(PostedPackets posted);
  // Answers the current request with 101 and becomes a websocket. `protocol`: a subprotocol, or empty.
  void upgrade(const std::string& accept_key, std::string_view protocol);

  void send(base::FrameRef frame) { connection_.send(std::move(frame)); }
  static constexpr std::uint16_t kNormalClosure = 1000;
  void close_websocket(std::uint16_t code);
  // A request of the client was refused, or served. A client that causes only refusals is slowed down.
  void count_refusal();
  void count_service() { refusals_ = 0; }
  // An unknown client opened a session: many in a row are slowed down like refusals.
  void count_opening() { opened_session_ = true; }
  // Stops reading for a moment.
  void slow_down();
  void speed_up();

  // The session that this connection currently serves, and in which role. Set by the port.
  PipeSession* session() const { return session_; }
  PipeRole role() const { return role_; }
  void bind(PipeSession& session, PipeRole role) {
    session_ = &session;
    role_ = role;
  }
  void unbind() {
    session_ = nullptr;
    role_ = PipeRole::none;
  }

 private:
  PipeSession* session_ = nullptr;
  // Small members next, in the padding.
  PipeRole role_ = PipeRole::none;
  bool websocket_ = false;
  bool closing_ = false;
  bool ended_ = false;
  bool slowed_ = false;
  bool handed_over_ = false;
  bool opened_session_ = false;  // by the current request
  std::uint8_t refusals_ = 0;    // in a row

  Pipe(net::Connection& connection, PipeContext& context);

  struct HttpState {
    HttpState(http::Limits limits, std::function<void(Instant)> expired, WaitingList& list, Pipe& pipe)
        : parser(limits), deadline(std::move(expired)), waiting(list, pipe) {}
    http::RequestParser parser;
    Deadline deadline;
    Waiting waiting;
    std::string head_bytes;        // of an incomplete head: the request may belong to another worker
    std::string held;              // read after a request whose answer is due: the rest of one read
    std::span<const char> behind;  // also held, while a slice of it is handled
    std::unique_ptr<PostedPackets> posted;
    std::vector<http::Header> cors;
    std::shared_ptr<Exchange> exchange;  // while a handler owes an answer
    std::unique_ptr<Unfinished> unfinished;
    bool keep_alive = true;
    bool head_request = false;
    bool chunks_understood = true;
    bool body_wanted = true;  // for the current stream
    bool head_seen = false;
    bool vouched = false;  // by a guard
    bool answer_due = false;
    bool awaits_handshake = false;  // the deadline is that of the TLS handshake
  };

  struct PartialMessage {
    websocket::Decoder decoder;
    std::unique_ptr<Unfinished> unfinished;
  };

  void on_end() override;
  void on_closed(net::CloseCause cause) override;
  void on_sent() override;
  void on_resume() override;

  void take_http(std::span<char> bytes);
  void take_websocket(std::span<char> bytes);
  void count_unfinished();
  void count_unfinished(std::unique_ptr<Unfinished>& mine, std::size_t bytes);
  std::size_t unfinished_request_bytes() const;
  void forget_unfinished();
  void give_up_unfinished();
  void take_messages(websocket::Decoder& decoder, std::span<char> bytes);
  void end();
  void take_close(const websocket::Message& message);
  // `faulty`: the bytes after it are no valid request; the next answer says so.
  void head_arrived(const http::Request& head, bool faulty = false);
  // Why the body of this request is refused.
  std::optional<http::Response> refusal_of_body(const http::Request& head);
  std::optional<http::Response> refusal_of_route(const http::Request& head);
  http::Response refusal_of_match(const Routes::Match& match, std::string_view path);
  void request_arrived(http::Request request);
  void serve(http::Request request);
  http::Response with_common_headers(http::Response response);
  http::Response refusal(unsigned status, std::string_view sentence, std::string_view path);
  void answered(bool keep_alive);
  void fault(http::Fault fault);
  void hold(std::span<const char> bytes);
  bool vouched() const;  // whether the sender of the current request is known
  bool blocked() const { return slowed_ || (http_ && http_->answer_due && !websocket_); }
  void wait_for_request(milliseconds limit);
  void on_http_timeout();

  // Hands the connection over if the request belongs to another worker, with the bytes read before and the
  // read that completed its head. True: the connection is no longer ours.
  bool give_away(const http::Request& head, std::span<const char> last_read);

  net::Connection& connection_;
  PipeContext& context_;
  std::unique_ptr<HttpState> http_;
  std::unique_ptr<PartialMessage> partial_;
};

}  // namespace rollcall::server
