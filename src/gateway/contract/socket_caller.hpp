// The client behind a socket, as calls see it: what it watches, and its token.
//
// Watching a user means being in that user's room of watchers: so recovery restores subscriptions with the
// rooms, and replays missed changes like any other event. Used on the thread of the socket's worker.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "calls/request.hpp"
#include "gateway/login/login.hpp"
#include "gateway/member.hpp"
#include "rollcall/server.hpp"

namespace rollcall::gateway {

inline constexpr std::size_t kMaxWatched = 10'000;  // users one connection may watch

// Counts the users that a recovered socket watches, from the rooms that recovery has restored.
std::size_t count_watched(const Socket& socket);

class SocketCaller final : public calls::Caller {
 public:
  SocketCaller(Socket& socket, Member& member, Login& login)
      : socket_(socket), member_(member), login_(login) {}

  std::optional<wire::Error> watch(const wire::UserIds& user_ids) override;
  std::size_t unwatch(const wire::UserIds& user_ids) override;
  Result<std::optional<WallTime>, wire::Error> renew(const std::string& token) override {
    return login_.renew(socket_, token);
  }

 private:
  Socket& socket_;
  Member& member_;
  Login& login_;
};

}  // namespace rollcall::gateway
