#include "server/engine/engine.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/shrink.hpp"
#include "http/origin.hpp"
#include "server/engine/engine_answers.hpp"
#include "server/http/pipe.hpp"
#include "websocket/encoder.hpp"

namespace rollcall::server {
namespace {

// The timing wheel fires up to a tick late, and clients' timers up to a millisecond early: a request that
// comes at the deadline must find the session dead.
constexpr milliseconds kTimerSlack{1};
constexpr int kPacketsATurn = 64;  // of a POST's body
constexpr std::string_view kPing = "2";
constexpr std::string_view kOctetStream = "application/octet-stream";

// One worker's share.
std::size_t most_strangers(const ServerOptions& options) {
  if (options.pending_sessions == 0) return SIZE_MAX / 2048;
  return std::max<std::size_t>(options.pending_sessions / options.workers, 1);
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

EngineSession* session_of(const Pipe& pipe) {
  return static_cast<EngineSession*>(pipe.session());
}

}  // namespace

Engine::Engine(net::Loop& loop, const ServerOptions& options, const HttpSettings& http, EngineApp& app,
               SidScheme sids, Counters& counters, Admission& admission)
    : loop_(loop),
      counters_(counters),
      app_(app),
      http_(http),
      kept_{options.kept_headers, options.kept_cookies, options.kept_parameters},
      admission_(admission),
      sids_(sids),
      polling_(options.polling),
      websocket_(options.websocket),
      connect_timeout_(options.connect_timeout),
      strangers_(most_strangers(options)),
      strangers_timer_([this](Instant now) { part_with_strangers(now); }) {
  settings_.ping_interval = options.ping_interval;
  settings_.ping_timeout = options.ping_timeout;
  settings_.upgrade_timeout = options.upgrade_timeout;
  settings_.max_payload_bytes = options.max_payload_bytes;
  settings_.max_buffered_bytes = options.backlog_bytes;
  settings_.offer_upgrade = options.websocket;
}

void Engine::reconfigure(const ServerOptions& options) {
  settings_.max_buffered_bytes = options.backlog_bytes;
  strangers_.limit(most_strangers(options));
  part_with_strangers(loop_.now());
}

Engine::~Engine() {
  for (EngineSession* session : sessions_) delete session;
}

EngineSession* Engine::find(std::string_view sid) {
  const auto found = sessions_.find(sid);
  EngineSession* session = found == sessions_.end() ? claim(sid) : *found;
  if (!session) return nullptr;
  if (loop_.now() + kTimerSlack >= session->machine().deadline()) {
    session->on_timer(loop_.now() + kTimerSlack);
  }
  return session->machine().finished() ? nullptr : session;
}

base::FrameRef Engine::control_frame(std::string_view packet) {
  if (packet != kPing) return websocket::make_frame(websocket::Opcode::text, {packet});
  if (!ping_frame_) ping_frame_ = websocket::make_frame(websocket::Opcode::text, {kPing});
  return ping_frame_;
}

bool Engine::origin_allowed(const http::Request& request) const {
  const auto origin = request.header("origin");
  return !origin || http::origin_allowed(http_.cors, *origin) ||
         http::origin_is_host(*origin, request.header("host").value_or(std::string_view{}));
}

engineio::RequestFacts Engine::facts_of(const http::Request& request, bool upgrade,
                                        const EngineSession* session, std::string_view transport,
                                        std::string_view version, bool has_sid) const {
  engineio::RequestFacts facts;
  facts.method = request.method;
  facts.transport = transport;
  facts.version = version;
  facts.has_sid = has_sid;
  facts.websocket_upgrade = upgrade;
  facts.bad_origin = has_control_characters(request.header("origin").value_or(std::string_view{}));
  facts.origin_forbidden = !origin_allowed(request);
  facts.polling_offered = polling_;
  facts.websocket_offered = websocket_;
  facts.session_known = session != nullptr;
  if (session) facts.session_transport = session->machine().transport();
  return facts;
}

void Engine::post_started(Pipe& pipe, const http::Request& head) {
  const auto sid = http::query_parameter(head.query, "sid");
  EngineSession* session = sid ? find(*sid) : nullptr;
  if (!session || session->machine().transport() != engineio::Transport::polling) return;
  if (http::query_parameter(head.query, "transport") != "polling") return;
  session->take_post(pipe);
}

std::optional<http::Response> Engine::refusal_of_body(const http::Request& head) {
  const std::string sid = http::query_parameter(head.query, "sid").value_or("");
  EngineSession* session = sid.empty() ? nullptr : find(sid);
  engineio::Refusal refusal{};
  const bool good =
      engineio::check_request(facts_of(head, wants_upgrade(head), session,
                                       http::query_parameter(head.query, "transport").value_or(""),
                                       http::query_parameter(head.query, "EIO").value_or(""), !sid.empty()),
                              refusal);
  if (good) return std::nullopt;
  counters_.add<Count::refused>(refusal);
  return refusal_response(refusal);
}

std::size_t Engine::body_limit(const http::Request& head) {
  const auto sid = http::query_parameter(head.query, "sid");
  const EngineSession* session = sid ? find(*sid) : nullptr;
  return session && session->known() ? settings_.max_payload_bytes : http_.stranger_bytes();
}

void Engine::handle(Pipe& pipe, http::Request& request) {
  const std::string transport = http::query_parameter(request.query, "transport").value_or("");
  const std::string version = http::query_parameter(request.query, "EIO").value_or("");
  const std::string sid = http::query_parameter(request.query, "sid").value_or("");
  const bool upgrade = wants_upgrade(request);
  EngineSession* session = sid.empty() ? nullptr : find(sid);

  engineio::Refusal refusal{};
  if (!engineio::check_request(facts_of(request, upgrade, session, transport, version, !sid.empty()),
                               refusal)) {
    if (pipe.role() == PipeRole::post) pipe_lost(pipe, PipeLoss::gone);
    if (refusal == engineio::Refusal::forbidden) report_origin(pipe, request);
    refuse(pipe, refusal, upgrade);
  } else if (!session && closing_) {
    pipe.respond(closing_response());
  } else if (upgrade) {
    open_websocket(pipe, request, session);
  } else if (!session) {
    open_polling(pipe, request);
  } else if (request.method == "GET") {
    poll(pipe, *session);
  } else if (request.method == "POST") {
    post(pipe, *session, request);
  } else {
    refuse(pipe, engineio::Refusal::bad_request, false);
  }
}

// In the browser this shows as a CORS error at most, so it is logged.
void Engine::report_origin(const Pipe& pipe, const http::Request& request) {
  constexpr const char* kEvent = "origin refused";
  if (!base::log::sampled(base::log::Level::info, kEvent, "", loop_.now())) return;
  base::log::info(kEvent, {{"origin", request.header("origin").value_or("")},
                           {"host", request.header("host").value_or("")},
                           {"address", client_of(pipe, request).address.text()},
                           {"allow", "add the origin to cors.origins"}});
}

void Engine::refuse(Pipe& pipe, engineio::Refusal refusal, bool upgrade) {
  counters_.add<Count::refused>(refusal);
  if (!upgrade) {
    pipe.respond(refusal_response(refusal));
    return;
  }
  http::Response response =
      text_response(engineio::http_status(refusal), "text/html", std::string(engineio::message_of(refusal)));
  response.close = true;
  pipe.respond(std::move(response));
}

void Engine::poll(Pipe& pipe, EngineSession& session) {
  if (!session.take_poll(pipe)) refuse(pipe, engineio::Refusal::bad_request, false);
}

void Engine::post(Pipe& pipe, EngineSession& session, http::Request& request) {
  if (pipe.role() != PipeRole::post || pipe.session() != &session) {
    refuse(pipe, engineio::Refusal::bad_request, false);  // another POST is being read
    return;
  }
  if (request.header("content-type").value_or(std::string_view{}).starts_with(kOctetStream)) {
    session.receive(std::nullopt);
  }
  continue_post(pipe, {std::move(request.body), 0});
}

// A body may hold tens of thousands of packets; the rest is handled in the next turn.
void Engine::continue_post(Pipe& pipe, PostedPackets posted) {
  EngineSession* session = session_of(pipe);
  if (!session) {
    refuse(pipe, engineio::Refusal::unknown_sid, false);  // it ended in the meantime
    return;
  }
  session->detach(PipeRole::post);
  posting_ = &pipe;
  engineio::PayloadReader reader(std::string_view(posted.body).substr(posted.at));
  bool closed_by_client = false;
  int left = kPacketsATurn;
  while (!session->machine().closed() && !reader.at_end() && left-- > 0) {
    const auto packet = reader.next();
    if (session->receive(packet) == engineio::Received::message) {
      app_.on_message(*session, packet->data, packet->binary);
    }
    closed_by_client = packet && packet->type == engineio::PacketType::close;
    session->closed_by_client_ |= closed_by_client;
  }
  posting_ = nullptr;
  if (!session->machine().closed() && !reader.at_end()) {
    session->attach(pipe, PipeRole::post);
    posted.at = posted.body.size() - reader.left();
    pipe.continue_post_later(std::move(posted));
    return;
  }
  session->end_post();
  const bool fault =
      session->close_reason_ == engineio::CloseReason::parse_error && session->machine().closed();
  if (fault && !closed_by_client) {
    refuse(pipe, engineio::Refusal::bad_request, false);
  } else {
    pipe.respond(text_response(200, "text/html", "ok"));
  }
}

void Engine::websocket_message(Pipe& pipe, std::string_view data, bool binary) {
  EngineSession* session = session_of(pipe);
  if (!session) return;
  std::optional<engineio::Packet> packet;
  if (binary) {
    packet = engineio::Packet{engineio::PacketType::message, true, data};
  } else {
    packet = engineio::parse_packet(data);
  }
  if (pipe.role() == PipeRole::probe) {
    session->take_probe_packet(packet);
  } else if (session->receive(packet) == engineio::Received::message) {
    app_.on_message(*session, packet->data, packet->binary);
  }
}

void Engine::pipe_lost(Pipe& pipe, PipeLoss loss) {
  if (EngineSession* session = session_of(pipe)) session->lose(pipe.role(), loss);
}

void Engine::close_all(engineio::CloseReason reason) {
  closing_ = true;
  while (Stranger* stranger = strangers_.any_unclaimed()) claim(*stranger);
  const std::vector<EngineSession*> open(sessions_.begin(), sessions_.end());
  for (EngineSession* session : open) session->close(reason);
}

void Engine::queue_flush(EngineSession& session) {
  if (session.flush_queued_) return;
  session.flush_queued_ = true;
  to_flush_.push_back(&session);
  if (!std::exchange(end_of_turn_queued_, true)) loop_.defer([this] { end_of_turn(); });
}

void Engine::queue_reap(EngineSession& session) {
  if (session.reap_queued_) return;
  session.reap_queued_ = true;
  to_reap_.push_back(&session);
  if (!std::exchange(end_of_turn_queued_, true)) loop_.defer([this] { end_of_turn(); });
}

// Polls are answered once per turn, with everything that accumulated; the layer above hears of ended sessions
// here, not in the middle of a broadcast. Both may cause more of either.
void Engine::end_of_turn() {
  while (!to_flush_.empty() || !to_reap_.empty()) {
    std::vector<EngineSession*> batch;
    batch.swap(to_reap_);
    for (EngineSession* session : batch) {
      session->reap_queued_ = false;
      if (session->machine().closed() && !std::exchange(session->close_reported_, true)) {
        counters_.subtract<Count::open>(session->machine().transport());
        counters_.add<Count::closed>(session->close_reason_);
        app_.on_close(*session, session->close_reason_);
      }
    }
    std::vector<EngineSession*> flushing;
    flushing.swap(to_flush_);
    for (EngineSession* session : flushing) {
      session->flush_queued_ = false;
      session->flush();
    }
    for (EngineSession* session : batch) {
      if (session->machine().finished() && !session->flush_queued_ && !session->reap_queued_) {
        sessions_.erase(session);
        base::shrink_table(sessions_);
        delete session;
      } else if (session->machine().finished()) {
        queue_reap(*session);
      }
    }
  }
  end_of_turn_queued_ = false;
}

}  // namespace rollcall::server
