#include "gateway/contract/contract.hpp"

#include <memory_resource>
#include <utility>

#include "base/spare.hpp"
#include "calls/table.hpp"
#include "gateway/contract/socket_caller.hpp"
#include "gateway/member.hpp"
#include "gateway/random_word.hpp"
#include "server/sockets/refusals.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {
namespace {

// Enough for most requests, including a hundred ids and their statuses; larger ones use the heap.
constexpr std::size_t kRequestMemory = 16 * 1024;
thread_local base::Spare<std::string> spare_reply;

}  // namespace

Contract::Contract(Server& server, HubDriver& hub, Login& login, GatewayCounters& counters,
                   calls::OnlineList& online_list, const Rules& rules)
    : server_(server),
      hub_(hub),
      login_(login),
      counters_(counters),
      online_list_(online_list),
      rules_(server, std::make_shared<const Rules>(rules)),
      budgets_(random_word()) {}

void Contract::serve(Namespace& nsp) {
  nsp.on_any([this](Socket& socket, std::string_view event, const Payload& payload, Ack ack) {
    received(socket, event, payload, ack);
  });
}

bool Contract::on(std::string event, EventHandler handler) {
  if (calls::find_event(event) < calls::kClientCalls.size()) return false;
  handlers_[std::move(event)] = std::move(handler);
  return true;
}

void Contract::received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack) {
  Member& member = member_of(socket);
  const Rules& rules = rules_.get();
  RequestRate rate(rules.rates, member.rate, budget_of(socket, rules.rates));
  if (const auto refusal = rate.take(server_.now())) {
    counters_.here().answered(WorkerCounters::kNoRequest);
    refuse(socket, *refusal, ack);
    return;
  }
  if (const auto own = handlers_.find(event); own != handlers_.end()) {
    hub_.apply_and_read(presence::Activity{member.connection}, [](const presence::View&) {});
    own->second(socket, payload, ack);
    return;
  }
  std::byte memory[kRequestMemory];
  std::pmr::monotonic_buffer_resource resource(memory, sizeof memory);
  const std::size_t index = calls::find_event(event);
  const calls::Call* call = index < calls::kClientCalls.size() ? calls::kClientCalls[index] : nullptr;
  auto request =
      call ? calls::decode(*call, payload.args, payload.attachments.size(), rules.requests, &resource)
           : fail(calls::unknown_event(event));
  counters_.here().answered(request ? index : WorkerCounters::kNoRequest);
  server::ReplyPlace place =
      look(socket, member, request ? request->get() : nullptr, request && call->subscribes);
  rate.charge(request ? (*request)->ids() : 0, payload.args.size());
  place.catch_up();
  if (request) {
    answer(socket, *call, **request, place, ack);
  } else {
    refuse(socket, request.error(), ack);
  }
}

UserBudget Contract::budget_of(const Socket& socket, const EventRates& rates) {
  if (rates.user == 0) return {};
  return budgets_.of(socket.owner(), rates.user, rates.user_burst, server_.now());
}

// Take the reply's place while the state cannot change.
server::ReplyPlace Contract::look(Socket& socket, const Member& member, calls::Request* request,
                                  bool subscribes) {
  const calls::Surroundings around{member.connection, server_.wall_now(), online_list_};
  return hub_.apply_and_read(presence::Activity{member.connection}, [&](const presence::View& view) {
    server::ReplyPlace place(socket, subscribes);
    if (request) request->look(view, around);
    return place;
  });
}

void Contract::answer(Socket& socket, const calls::Call& call, calls::Request& request,
                      server::ReplyPlace& place, Ack& ack) {
  std::string begin = spare_reply.take();
  if (ack) begin = wire::begin_ack_ok(call.reply, std::move(begin));
  SocketCaller caller(socket, member_of(socket), login_);
  auto data = request.answer(caller, server_.wall_now(), std::move(begin));
  if (!data) {
    refuse(socket, data.error(), ack);
    return;
  }
  server::count_service(socket);
  Payload reply{std::move(*data), {}, true};
  if (ack) {
    reply.args += wire::kAckOkEnd;
    ack(reply);
  } else {
    place.emit(call.reply, reply);
  }
  if (call.subscribes) place.mark();
  spare_reply.give(std::move(reply.args));
}

void Contract::refuse(Socket& socket, const wire::Error& error, Ack& ack) {
  server::count_refusal(socket);
  counters_.here().refuse(error.code);
  if (ack) {
    ack({wire::to_json(error), {}, true});
  } else if (error.code != wire::ErrorCode::unknown_event) {
    // An event that nobody handles is not the client's fault.
    socket.emit_transient(wire::kExceptionEvent, {wire::to_json(error), {}, true});
  }
}

}  // namespace rollcall::gateway
