// What the state says to a request, whoever asks and by whatever means: read under the hub's lock, written
// without it.
//
// Shared by the sockets of all workers and by the HTTP API. `read` belongs under a lane of the hub's lock, so
// several threads may call it at once; `write` does not.
#pragma once

#include <memory_resource>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/requests.hpp"
#include "gateway/online_list.hpp"
#include "presence/view.hpp"
#include "rollcall/config.hpp"

namespace rollcall::gateway {

class PresenceAnswers {
 public:
  explicit PresenceAnswers(const api::Limits& limits)
      : limits_(limits), online_list_(limits.max_online_list) {}

  // What was read. None for requests that ask nothing of the state.
  using Reading = std::variant<std::monostate, WallTime, presence::State, std::pmr::vector<presence::State>,
                               OnlineListPage, Result<presence::OnlinePage, presence::CursorFault>>;
  // `asker`: the connection that asks; 0 if none does. `wall`: the time now. `memory`: for what is read.
  Reading read(const presence::View& view, presence::ConnectionId asker, const api::Request& request,
               WallTime wall, std::pmr::memory_resource* memory = std::pmr::get_default_resource());

  static std::optional<api::Error> error_of(const Reading& reading);
  // The data of the reply, behind `begin`. There must be no error.
  static std::string write(const api::Request& request, const Reading& reading, WallTime wall,
                           std::string begin = {});

 private:
  api::Limits limits_;
  OnlineList online_list_;
};

}  // namespace rollcall::gateway
