#include "gateway/contract/contract.hpp"

#include <memory_resource>
#include <optional>
#include <utility>

#include "base/spare.hpp"
#include "calls/table.hpp"
#include "gateway/contract/socket_caller.hpp"
#include "gateway/member.hpp"
#include "gateway/random_word.hpp"
#include "server/sockets/refusals.hpp"
#include "server/sockets/reply_place.hpp"
#include "wire/events.hpp"

namespace rollcall::gateway {
namespace {

// What most requests need, a hundred ids and their statuses among them; more is taken from the heap.
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
  WorkerCounters& counters = counters_.here();
  const Rules& rules = rules_.get();
  RequestRate rate(rules.rates, member.rate,
                   rules.rates.user == 0 ? UserBudget()
                                         : budgets_.of(socket.owner(), rules.rates.user,
                                                       rules.rates.user_burst, server_.now()));
  if (const auto refusal = rate.take(server_.now())) {
    counters.answered(WorkerCounters::kNoRequest);
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
  counters.answered(request ? index : WorkerCounters::kNoRequest);
  std::optional<server::ReplyPlace> place;
  const bool subscribes = request && call->subscribes;
  const calls::Surroundings around{member.connection, server_.wall_now(), online_list_};
  hub_.apply_and_read(presence::Activity{member.connection}, [&](const presence::View& view) {
    place.emplace(socket, subscribes);
    if (request) (*request)->look(view, around);
  });
  rate.charge(request ? (*request)->ids() : 0, payload.args.size());
  place->catch_up();
  if (!request) {
    refuse(socket, request.error(), ack);
    return;
  }
  std::string begin = spare_reply.take();
  if (ack) begin = wire::begin_ack_ok(call->reply, std::move(begin));
  SocketCaller caller(socket, member, login_);
  auto data = (*request)->answer(caller, server_.wall_now(), std::move(begin));
  if (!data) {
    refuse(socket, data.error(), ack);
    return;
  }
  server::count_service(socket);
  Payload answer{std::move(*data), {}, true};
  if (ack) {
    answer.args += wire::kAckOkEnd;
    ack(answer);
  } else {
    place->emit(call->reply, answer);
  }
  if (subscribes) place->mark();
  spare_reply.give(std::move(answer.args));
}

void Contract::refuse(Socket& socket, const wire::Error& error, Ack& ack) {
  server::count_refusal(socket);
  counters_.here().refuse(error.code);
  if (ack) {
    ack({wire::to_json(error), {}, true});
  } else if (error.code != wire::ErrorCode::unknown_event) {
    // An event for nobody is not a fault of the client.
    socket.emit_transient(wire::kExceptionEvent, {wire::to_json(error), {}, true});
  }
}

}  // namespace rollcall::gateway
