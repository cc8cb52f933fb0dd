// The part of Engine for new sessions: opening them, and closing those that join no namespace.
#include <algorithm>

#include "server/engine/engine.hpp"
#include "server/engine/engine_answers.hpp"
#include "server/engine/upgrade_request.hpp"
#include "server/http/pipe.hpp"

namespace rollcall::server {
namespace {

constexpr milliseconds kStrangersInterval{1000};  // often enough to notice scarce memory

}  // namespace

Admission::Client Engine::client_of(const Pipe& pipe, const http::Request& request) const {
  return admission_.client_of(pipe.connection().peer(), request);
}

// Refuses with a clear answer before anything is stored.
Admission::Entry Engine::admit(Pipe& pipe, const Admission::Client& client) {
  constexpr auto kRefused = Admission::Entry::refused;
  if (admission_.memory() == base::MemoryLevel::full) {
    counters_.add(Count::refused_for_memory);
    pipe.respond(busy_response(503, "The server is short of memory: come back later.\n"));
    return kRefused;
  }
  if (admission_.descriptors_scarce()) {
    counters_.add(Count::refused_for_descriptors);
    pipe.respond(busy_response(503, "The server has no connections left: come back later.\n"));
    return kRefused;
  }
  const Admission::Entry entry = admission_.add_session(client.address);
  if (entry == kRefused) {
    counters_.add(Count::refused_by_address);
    pipe.respond(busy_response(429, "There are as many connections from your address as are allowed.\n"));
  }
  return entry;
}

// The EngineSession is created by the first request that names it (claim).
void Engine::open_polling(Pipe& pipe, const http::Request& request) {
  const Admission::Client client = client_of(pipe, request);
  const Admission::Entry entry = admit(pipe, client);
  if (entry == Admission::Entry::refused) return;
  const std::string sid = sids_.make();
  strangers_.add(sid, client.address, handshake_of(pipe, request, client, kept_), loop_.now())
      .set_counted(entry == Admission::Entry::counted);
  count_opened(engineio::Transport::polling);
  pipe.count_opening();
  pipe.respond(poll_response(engineio::Session::open_packet(sid, settings_, engineio::Transport::polling)));
  part_with_strangers(loop_.now());
}

// Null if it was refused; the pipe is answered then.
EngineSession* Engine::open_session(Pipe& pipe, const http::Request& request) {
  const Admission::Client client = client_of(pipe, request);
  const Admission::Entry entry = admit(pipe, client);
  if (entry == Admission::Entry::refused) return nullptr;
  EngineSession& session = keep(app_.make_session(*this, sids_.make(), engineio::Transport::websocket,
                                                  handshake_of(pipe, request, client, kept_), loop_.now()));
  session.counted_ = entry == Admission::Entry::counted;
  if (!session.known()) {
    session.stranger_ = &strangers_.add(session, client.address, session.handshake().bytes(), loop_.now());
  }
  count_opened(engineio::Transport::websocket);
  session.set_timer_or_reap(loop_.now());
  return &session;
}

EngineSession& Engine::keep(std::unique_ptr<EngineSession> session) {
  EngineSession& kept = *session;
  sessions_.insert(session.release());
  return kept;
}

void Engine::count_opened(engineio::Transport transport) {
  counters_.add<Count::open>(transport);
  counters_.add<Count::opened>(transport);
}

EngineSession* Engine::claim(std::string_view sid) {
  Stranger* stranger = strangers_.unclaimed(sid);
  return stranger ? &claim(*stranger) : nullptr;
}

EngineSession& Engine::claim(Stranger& stranger) {
  const Instant opened = Strangers::opened(stranger, loop_.now());
  EngineSession& session = keep(app_.make_session(*this, stranger.sid(), engineio::Transport::polling,
                                                  Strangers::take_handshake(stranger), opened));
  session.counted_ = stranger.counted();
  if (session.known()) {
    forget(stranger);
  } else {
    strangers_.claim(stranger, session);
    session.stranger_ = &stranger;
  }
  session.set_timer_or_reap(opened);
  return session;
}

void Engine::open_websocket(Pipe& pipe, const http::Request& request, EngineSession* upgrading) {
  auto accepted = accept_upgrade(request);
  const auto protocol = accepted ? chosen_protocol(request) : std::string();
  if (!protocol) accepted = fail(websocket::UpgradeFault::bad_protocol);
  if (!accepted) {
    http::Response response = text_response(400, "text/plain; charset=utf-8", "Bad WebSocket handshake\n");
    if (accepted.error() == websocket::UpgradeFault::bad_version) {
      response.status = 426;
      response.headers.push_back({"sec-websocket-version", "13"});
    }
    response.close = true;
    pipe.respond(std::move(response));
    return;
  }
  // A second websocket for a session: opened and closed at once, as Node does. A plain 400 would be an error
  // event for clients, which expect a close.
  EngineSession* opened = nullptr;
  if (!upgrading && !(opened = open_session(pipe, request))) return;
  const bool unwanted = upgrading && !upgrading->take_probe();
  pipe.upgrade(*accepted, *protocol);
  if (unwanted) {
    pipe.close_websocket(Pipe::kNormalClosure);
    return;
  }
  if (upgrading) {
    upgrading->attach(pipe, PipeRole::probe);
    return;
  }
  EngineSession& session = *opened;
  session.attach(pipe, PipeRole::transport);
  pipe.send(control_frame(
      engineio::Session::open_packet(session.sid(), settings_, engineio::Transport::websocket)));
  part_with_strangers(loop_.now());
}

milliseconds Engine::patience() const {
  return patience_with_strangers(connect_timeout_, admission_.memory());
}

void Engine::part_with_strangers(Instant now) {
  using engineio::CloseReason;
  const auto end_of = [&](const Stranger& stranger) { return Strangers::opened(stranger, now) + patience(); };
  for (Stranger* oldest = strangers_.oldest(); oldest && now >= end_of(*oldest);
       oldest = strangers_.oldest()) {
    counters_.add(Count::connect_timeouts);
    // If memory is scarce, without waiting for the close packet to be fetched.
    close(*oldest, patience() < connect_timeout_ ? CloseReason::transport_error : CloseReason::forced_close);
  }
  while (Stranger* victim = strangers_.victim()) {
    counters_.add(Count::pending_dropped);
    close(*victim, CloseReason::transport_error);
  }
  counters_.set(Count::pending, strangers_.size());
  const Stranger* oldest = strangers_.oldest();
  if (!oldest || strangers_timer_.armed()) return;
  loop_.timers().arm(strangers_timer_, std::min<Instant>(now + kStrangersInterval, end_of(*oldest)));
}

void Engine::close(Stranger& stranger, engineio::CloseReason reason) {
  if (EngineSession* session = stranger.session()) {
    session->close(reason);
    return;
  }
  counters_.subtract<Count::open>(engineio::Transport::polling);
  counters_.add<Count::closed>(reason);
  if (stranger.counted()) admission_.remove_session(stranger.address());
  forget(stranger);
}

void Engine::forget(Stranger& stranger) {
  strangers_.remove(stranger);
  counters_.set(Count::pending, strangers_.size());
}

}  // namespace rollcall::server
