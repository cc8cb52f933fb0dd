#include "server/sockets/emission.hpp"

#include <optional>
#include <stdexcept>
#include <string>

#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/reserved_events.hpp"
#include "base/utf8.hpp"
#include "socketio/packet.hpp"
#include "socketio/placeholders.hpp"

namespace rollcall::server {
namespace {

using Why = std::optional<std::string>;

Why fault_in_json(std::string_view args) {
  if (!base::is_utf8(args)) return "its payload is not UTF-8";
  if (args.empty() || base::scan_values(args)) return std::nullopt;
  return "its payload is not JSON (values with commas in between, nested at most " +
         std::to_string(base::kMaxJsonDepth) + " deep)";
}

Why fault_in(const Payload& payload) {
  const std::size_t attachments = payload.attachments.size();
  if (attachments > socketio::kMaxAttachments) {
    return "it has " + std::to_string(attachments) + " attachments, clients accept " +
           std::to_string(socketio::kMaxAttachments);
  }
  if (auto why = fault_in_json(payload.args)) return why;
  if (attachments == 0 || payload.args.empty() || socketio::placeholders_fit(payload.args, attachments))
    return std::nullopt;
  return "a placeholder in its payload names an attachment that it does not have";
}

Why fault_in_event(std::string_view name, const Payload& payload) {
  if (const char* const why = base::why_reserved(name)) return why;
  if (!base::is_utf8(name)) return "its name is not UTF-8";
  return fault_in(payload);
}

[[noreturn]] void refuse(const std::string& what, const std::string& why) {
  throw std::invalid_argument("rollcall cannot send " + what + ": " + why);
}

}  // namespace

void check_event(std::string_view name, const Payload& payload) {
  if (payload.verified) return;
  if (const Why why = fault_in_event(name, payload)) refuse("the event " + base::json::quote(name), *why);
}

void check_ack(const Payload& payload) {
  if (payload.verified) return;
  if (const Why why = fault_in(payload)) refuse("an acknowledgement", *why);
}

void check_refusal(const ConnectError& error) {
  if (const Why why = fault_in_json(error.data_json)) refuse("the data of a ConnectError", *why);
}

}  // namespace rollcall::server
