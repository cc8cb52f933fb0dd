#include "app/describe_command.hpp"

#include <ostream>
#include <string_view>

#include "app/cli.hpp"
#include "app/settings.hpp"
#include "base/json.hpp"
#include "base/kinds.hpp"
#include "calls/table.hpp"
#include "gateway/contract/socket_caller.hpp"
#include "gateway/gateway_counters.hpp"
#include "gateway/http/server_call.hpp"
#include "server/crew/readiness.hpp"
#include "telemetry/metrics.hpp"
#include "wire/problem.hpp"

namespace rollcall::app {
namespace {

namespace json = base::json;

json::value text(std::string_view value) {
  return json::value(boost::json::string_view(value.data(), value.size()));
}

json::object route_of(const calls::Route& route) {
  return {{"method", text(route.method)},
          {"path", text(route.pattern)},
          {"scope", text(calls::name_of(route.scope))},
          {"name", text(route.name)}};
}

json::array requests() {
  json::array all;
  for (const calls::Call* call : calls::kClientCalls) {
    all.push_back(json::object{{"event", text(call->event)},
                               {"reply", text(call->reply)},
                               {"payload", call->payload_optional ? "optional" : "required"}});
  }
  return all;
}

json::array routes() {
  json::array all;
  for (const calls::Call* call : calls::of_backends()) all.push_back(route_of(call->route));
  for (const gateway::ServerCall* call : gateway::server_calls()) all.push_back(route_of(call->route));
  return all;
}

json::array events() {
  json::array all;
  for (const std::string_view event : calls::kServerEvents) all.push_back(text(event));
  return all;
}

json::object codes() {
  json::array requests, logins, problems, readiness;
  for (const std::string_view code : base::kKindNames<wire::ErrorCode>) requests.push_back(text(code));
  for (const std::string_view code : base::kKindNames<gateway::Denial>) logins.push_back(text(code));
  for (const std::string_view code : wire::problem_codes()) problems.push_back(text(code));
  for (const std::string_view code : base::kKindNames<server::NotReady>) readiness.push_back(text(code));
  return {{"requests", requests}, {"logins", logins}, {"problems", problems}, {"readiness", readiness}};
}

// From the exposition itself: "# HELP name text", "# TYPE name type".
json::array metrics() {
  telemetry::Sample sample;
  sample.reloads.certificate_ends = WallTime{};
  const std::string exposed = telemetry::metrics_text(sample);
  json::array all;
  for (std::size_t begin = 0, end = 0; begin < exposed.size(); begin = end + 1) {
    end = std::min(exposed.find('\n', begin), exposed.size());
    std::string_view line(exposed.data() + begin, end - begin);
    constexpr std::string_view kHelp = "# HELP ", kType = "# TYPE ";
    const bool help = line.starts_with(kHelp);
    if (!help && !line.starts_with(kType)) continue;
    line.remove_prefix(kHelp.size());
    const std::size_t space = std::min(line.find(' '), line.size() - 1);
    const json::value rest = text(line.substr(space + 1));
    if (help) {
      all.push_back(json::object{{"name", text(line.substr(0, space))}, {"help", rest}});
    } else {
      all.back().as_object()["type"] = rest;
    }
  }
  return all;
}

json::array described_settings() {
  json::array all;
  for (const Setting& setting : settings()) {
    all.push_back(json::object{{"name", setting.name()},
                               {"environment", setting.environment()},
                               {"requirement", requirement(setting)},
                               {"reloads", setting.reloads},
                               {"secret", setting.secret}});
  }
  return all;
}

// Limits that are not settings.
json::object bounds() {
  return {{"watchedUsers", gateway::kMaxWatched}, {"userIdBytes", presence::kMaxUserIdBytes}};
}

}  // namespace

std::string description() {
  return json::serialize(json::object{{"requests", requests()},
                                      {"events", events()},
                                      {"routes", routes()},
                                      {"codes", codes()},
                                      {"metrics", metrics()},
                                      {"settings", described_settings()},
                                      {"bounds", bounds()}});
}

int run_describe(std::ostream& out) {
  out << description() << '\n' << std::flush;
  return out ? kExitOk : kExitFailure;
}

}  // namespace rollcall::app
