// Serves the events that clients send (docs/protocol.md): each becomes a request, which looks at the state
// under a lane of the hub's lock. Its reply takes its place in the order of the broadcasts (ReplyPlace).
//
// Handlers run on the threads of all workers; what they share is in HubDriver.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "calls/call.hpp"
#include "calls/online_list.hpp"
#include "gateway/contract/request_rate.hpp"
#include "gateway/contract/user_budgets.hpp"
#include "gateway/gateway_counters.hpp"
#include "gateway/hub_driver.hpp"
#include "gateway/live.hpp"
#include "gateway/login/login.hpp"
#include "gateway/member.hpp"
#include "rollcall/server.hpp"
#include "server/sockets/reply_place.hpp"

namespace rollcall::gateway {

class Contract {
 public:
  // What a reload may change.
  struct Rules {
    EventRates rates;
    calls::Limits requests;
  };

  // All must outlive this.
  Contract(Server& server, HubDriver& hub, Login& login, GatewayCounters& counters,
           calls::OnlineList& online_list, const Rules& rules);
  Contract(const Contract&) = delete;
  Contract& operator=(const Contract&) = delete;

  // Before the server runs.
  void serve(Namespace& nsp);
  // Adds a handler for an event of the application's. Like presence's own events it needs a token, counts
  // towards the rate, and counts as activity. False if presence has an event of that name. Call it before the
  // server runs.
  bool on(std::string event, EventHandler handler);

  // From any thread, one at a time.
  void reconfigure(const Rules& rules) { rules_.replace(std::make_shared<const Rules>(rules)); }
  const Rules& rules() const { return rules_.get(); }

 private:
  void received(Socket& socket, std::string_view event, const Payload& payload, Ack& ack);
  UserBudget budget_of(const Socket& socket, const EventRates& rates);
  // What the request, if there is one, needs of the state; and the place of its reply. `subscribes`: see
  // Call.
  server::ReplyPlace look(Socket& socket, const Member& member, calls::Request* request, bool subscribes);
  void answer(Socket& socket, const calls::Call& call, calls::Request& request, server::ReplyPlace& place,
              Ack& ack);
  void refuse(Socket& socket, const wire::Error& error, Ack& ack);

  Server& server_;
  HubDriver& hub_;
  Login& login_;
  GatewayCounters& counters_;
  calls::OnlineList& online_list_;
  Live<const Rules> rules_;
  UserBudgets budgets_;
  std::map<std::string, EventHandler, std::less<>> handlers_;  // the application's
};

}  // namespace rollcall::gateway
