// Lines of any bytes: each is parsed as a packet, then all are played to a client whose answers are what
// the server's would be. Views stay inside the text, limits hold, and an event or ack that was read,
// encoded again and read again, is the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "socketio/client.hpp"
#include "socketio/encode.hpp"

using namespace rollcall::socketio;

namespace {

constexpr std::size_t kMaxAttachmentBytes = 64;

void require(bool condition) {
  if (!condition) std::abort();
}

bool inside(std::string_view part, std::string_view text) {
  return part.empty() ||
         (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

void check_packet(std::string_view text) {
  const auto packet = parse_packet(text);
  if (!packet) {
    require(*describe(packet.error()) != '\0');
    return;
  }
  require(inside(packet->json, text) && inside(packet->name, text) && inside(packet->args, text));
  require(packet->nsp[0] == '/' && packet->nsp.size() <= kMaxNamespaceBytes);
  require(packet->attachments <= kMaxAttachments && (!packet->id || *packet->id <= kMaxAckId));
}

void check_again(const EventReceived& event) {
  if (!event.named) return;
  const std::string text =
      encode_event(event.nsp, event.ack_id, event.name(), event.args_json, event.attachments.size());
  const auto packet = parse_packet(text);
  require(packet.ok() && packet->nsp == event.nsp && packet->id == event.ack_id);
  require(packet->args == event.args_json && packet->attachments == event.attachments.size());
  if (rollcall::base::is_utf8(event.name()))
    require(rollcall::base::decode_string(packet->name) == event.name());
}

void check_again(const AckReceived& ack) {
  std::string text;
  append_ack_begin(text, ack.nsp, ack.id, ack.attachments.size());
  text.append(ack.args_json).append(kAckEnd);
  const auto packet = parse_packet(text);
  require(packet.ok() && packet->nsp == ack.nsp && packet->id == ack.id && packet->args == ack.args_json);
}

struct Server {
  Client& client;
  unsigned& turn;

  void operator()(const ConnectRequested& request) {
    require(!client.connected(request.nsp));
    if (++turn % 4 == 0) {
      client.refuse(request.nsp);
    } else if (turn % 4 != 1) {
      client.accept(request.nsp);
    }
  }
  void operator()(const EventReceived& event) {
    require(client.connected(event.nsp));
    std::size_t bytes = 0;
    for (const std::string& attachment : event.attachments) bytes += attachment.size();
    require(bytes <= kMaxAttachmentBytes && event.attachments.size() <= kMaxAttachments);
    check_again(event);
    if (event.name() == "bye") client.disconnected(event.nsp);
  }
  void operator()(const AckReceived& ack) {
    require(client.connected(ack.nsp) && ack.id <= kMaxAckId);
    check_again(ack);
  }
  void operator()(const DisconnectReceived& leave) { require(!client.connected(leave.nsp)); }
};

// False once the connection would be closed. A line that begins with `b` is a binary message.
bool play(Client& client, std::string_view line, unsigned& turn) {
  const bool binary = !line.empty() && line[0] == 'b';
  const auto incoming = binary ? client.on_binary(line.substr(1), kMaxAttachmentBytes) : client.on_text(line);
  if (!incoming) return false;
  if (*incoming) std::visit(Server{client, turn}, **incoming);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Client client;
  unsigned turn = 1;
  bool open = true;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    check_packet(line);
    open = open && play(client, line, turn);
  }
  return 0;
}
