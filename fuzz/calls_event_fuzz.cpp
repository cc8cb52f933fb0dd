// Any arguments of any event: what is read keeps the limits and is answered in JSON, and what is refused is
// refused in a short message that can be sent as JSON.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "calls/online_list.hpp"
#include "calls/table.hpp"
#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "wire/error.hpp"

using namespace rollcall;

namespace {

constexpr calls::Limits kLimits{.max_batch_ids = 8, .max_online_list = 100, .event_bytes = 4096};

void require(bool condition) {
  if (!condition) std::abort();
}

void check_ids(const wire::UserIds& user_ids) {
  require(user_ids.size() <= kLimits.max_batch_ids);
  for (const std::string_view id : user_ids) require(!id.empty() && id.size() <= presence::kMaxUserIdBytes);
}

struct Checker final : calls::Caller {
  std::optional<wire::Error> watch(const wire::UserIds& user_ids) override {
    check_ids(user_ids);
    return std::nullopt;
  }
  std::size_t unwatch(const wire::UserIds& user_ids) override {
    check_ids(user_ids);
    return 0;
  }
  Result<std::optional<WallTime>, wire::Error> renew(const std::string& token) override {
    require(!token.empty());
    return std::optional<WallTime>();
  }
};

void check(const wire::Error& error) {
  require(!error.message.empty() && error.message.size() < 256);
  const std::string json = wire::to_json(error);
  require(json.find('\x1e') == std::string::npos && base::json::parse(json).ok());
}

struct Users {
  Users() {
    std::vector<presence::UserChanged> changes;
    core.apply(presence::Connect{1, "ann", {}}, Instant{}, WallTime{}, changes);
  }
  presence::Core core{presence::Settings{}};
  presence::Announcer announcer{presence::PaceSettings{}};
  calls::OnlineList online_list{kLimits.max_online_list};
};

void answer(calls::Request& request) {
  static Users users;
  Checker caller;
  request.look({users.core, users.announcer}, {1, WallTime{}, users.online_list});
  require(request.ids() <= kLimits.max_online_list);
  const auto json = request.answer(caller, WallTime{}, {});
  if (!json) return check(json.error());
  require(json->find('\x1e') == std::string::npos && base::json::parse(*json).ok());
}

}  // namespace

// The first byte chooses the event; a high one leaves its name to the bytes before a line feed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view args(reinterpret_cast<const char*>(data + 1), size - 1);
  std::size_t at = data[0] % calls::kClientCalls.size();
  if (data[0] >= 0x80) {
    const std::size_t end = std::min(args.find('\n'), args.size());
    const std::string_view event = args.substr(0, end);
    args.remove_prefix(end);
    at = calls::find_event(event);
    if (at == calls::kClientCalls.size()) {
      check(calls::unknown_event(event));
      return 0;
    }
  }
  const auto request = calls::decode(*calls::kClientCalls[at], args, 0, kLimits);
  if (request) {
    answer(**request);
  } else {
    check(request.error());
  }
  return 0;
}
