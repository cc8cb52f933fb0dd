#include "calls/explain.hpp"

#include <algorithm>

#include "base/counted.hpp"
#include "base/iso8601.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

using wire::ObjectWriter;

using presence::Ending;

struct Words {
  const char* name;
  const char* clause;  // "the last connection ..."
};

Words words_of(Ending ending) {
  switch (ending) {
    case Ending::unknown:
      break;
    case Ending::client_goodbye:
      return {"client-goodbye", "said goodbye"};
    case Ending::server_goodbye:
      return {"server-goodbye", "was disconnected by the server (the disconnect call, for one)"};
    case Ending::transport_close:
      return {"transport-close", "broke: its transport was closed"};
    case Ending::transport_error:
      return {"transport-error", "broke: its client misused the transport"};
    case Ending::ping_timeout:
      return {"ping-timeout", "broke: its client did not answer a ping in time"};
    case Ending::parse_error:
      return {"parse-error", "was closed for something that is not Socket.IO"};
    case Ending::server_closed:
      return {"server-closed", "was closed by the server"};
    case Ending::slow_consumer:
      return {"slow-consumer", "was closed, as its client read too slowly"};
    case Ending::token_expired:
      return {"token-expired", "was closed, as its token had expired"};
  }
  return {"unknown", "ended"};
}

std::string ms(milliseconds duration) {
  return std::to_string(duration.count()) + " ms";
}

// "1 by websocket and 2 by polling".
std::string by_transport(const std::vector<ConnectionFacts>& connections) {
  std::string text;
  for (const char* transport : {"websocket", "polling"}) {
    const auto count = std::count_if(connections.begin(), connections.end(),
                                     [&](const ConnectionFacts& one) { return one.transport == transport; });
    if (count == 0) continue;
    text += (text.empty() ? "" : " and ") + std::to_string(count) + " by " + transport;
  }
  return text;
}

std::string because_online(const Explanation& facts) {
  const std::string since = "Online since " + base::iso8601(*facts.account.state.connected_at) + ": ";
  if (!facts.connections.empty()) {
    return since + base::counted(facts.connections.size(), "connection") +
           (facts.connections.size() == 1 ? " is" : " are") + " open, " + by_transport(facts.connections) +
           ".";
  }
  if (facts.grace_ends) {
    return since + "the last connection " + words_of(facts.account.ending).clause +
           ", and the user has until " + base::iso8601(*facts.grace_ends) + " to come back (the grace is " +
           ms(facts.offline_grace) + ").";
  }
  return since + "a connection is just coming or going.";
}

std::string because_offline(const Explanation& facts) {
  if (!facts.account.ended_at) {
    return "Offline: no connection of this user is remembered since the server started, at " +
           base::iso8601(facts.started_at) + ".";
  }
  std::string text = "Offline since " + base::iso8601(*facts.account.ended_at) + ": the last connection " +
                     words_of(facts.account.ending).clause;
  if (is_goodbye(facts.account.ending)) return text + ", which counts at once.";
  return text + ", and the user did not come back within the grace of " + ms(facts.offline_grace) + ".";
}

std::string because(const Explanation& facts) {
  std::string text = facts.account.state.online ? because_online(facts) : because_offline(facts);
  if (facts.window > milliseconds{0}) {
    text += " Under the load there is, others hear of changes up to " + ms(facts.window) + " late.";
  }
  return text;
}

void write_connection(std::string& out, const ConnectionFacts& one) {
  ObjectWriter(out)
      .text("socketId", std::string_view(one.socket_id))
      .text("namespace", std::string_view(one.nsp))
      .text("transport", std::string_view(one.transport))
      .text("network", one.network.empty() ? std::nullopt : std::optional<std::string_view>(one.network))
      .time("since", one.since)
      .time("lastPong", one.last_pong)
      .time("lastActive", one.last_active);
}

void write_grace(ObjectWriter& writer, const Explanation& facts) {
  if (!facts.grace_ends) {
    writer.raw("grace", "null");
    return;
  }
  ObjectWriter(writer.key("grace"))
      .time("endsAt", *facts.grace_ends)
      .text("reason", std::string_view(name_of(facts.account.ending)));
}

void write_last_session(ObjectWriter& writer, const Explanation& facts) {
  if (!facts.account.ended_at) {
    writer.raw("lastSession", "null");
    return;
  }
  ObjectWriter(writer.key("lastSession"))
      .time("endedAt", *facts.account.ended_at)
      .text("reason", std::string_view(name_of(facts.account.ending)));
}

}  // namespace

const char* name_of(Ending ending) {
  return words_of(ending).name;
}

std::string explanation(Explanation facts, WallTime now) {
  std::sort(facts.connections.begin(), facts.connections.end(),
            [](const ConnectionFacts& a, const ConnectionFacts& b) { return a.number < b.number; });
  std::string json;
  {
    ObjectWriter writer(json);
    writer.text("userId", facts.user_id)
        .flag("online", facts.account.state.online)
        .text("because", std::string_view(because(facts)))
        .time("connectedAt", facts.account.state.connected_at)
        .time("lastActive", facts.account.state.last_active);
    std::string& out = writer.key("connections") += '[';
    for (const ConnectionFacts& one : facts.connections) {
      if (out.back() != '[') out += ',';
      write_connection(out, one);
    }
    out += ']';
    write_grace(writer, facts);
    write_last_session(writer, facts);
    writer.time("timestamp", now);
  }
  return json;
}

std::string disconnected(std::size_t count) {
  std::string json;
  ObjectWriter(json).number("disconnected", count);
  return json;
}

}  // namespace rollcall::calls
