// Any arguments of any event: what is decoded keeps the limits, and what is refused is refused in a
// short message that can be sent as JSON.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/replies.hpp"
#include "api/requests.hpp"
#include "base/json.hpp"

using namespace rollcall::api;

namespace {

constexpr Limits kLimits{.max_batch_ids = 8, .max_online_list = 100, .event_bytes = 4096};

void require(bool condition) {
  if (!condition) std::abort();
}

void check_id(std::string_view id) {
  require(!id.empty() && id.size() <= rollcall::presence::kMaxUserIdBytes);
}

struct Check {
  void operator()(const CheckUserStatus& request) const { check_id(request.user_id); }
  void operator()(const GetOnlineUsers& request) const {
    if (request.limit) require(*request.limit >= 1 && *request.limit <= kLimits.max_online_list);
  }
  void operator()(const Heartbeat&) const {}
  void operator()(const RefreshToken& request) const { require(!request.token.empty()); }
  template <class Batch>
  void operator()(const Batch& request) const {
    require(request.user_ids.size() <= kLimits.max_batch_ids);
    for (const std::string_view id : request.user_ids) check_id(id);
  }
};

}  // namespace

// The first byte chooses the event; a high one leaves its name to the bytes before a line feed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view args(reinterpret_cast<const char*>(data + 1), size - 1);
  std::string_view event;
  if (data[0] < 0x80) {
    event = request_events()[data[0] % request_events().size()];
  } else {
    const std::size_t end = std::min(args.find('\n'), args.size());
    event = args.substr(0, end);
    args.remove_prefix(end);
  }
  const auto request = decode(event, args, 0, kLimits);
  if (request) {
    std::visit(Check{}, *request);
    return 0;
  }
  require(!request.error().message.empty() && request.error().message.size() < 256);
  const std::string json = error(request.error());
  require(json.find('\x1e') == std::string::npos && rollcall::base::json::parse(json).ok());
  return 0;
}
