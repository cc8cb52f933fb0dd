// A few users, somebody who asks about them, and what calls change for that one, for the tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "calls/online_list.hpp"
#include "calls/table.hpp"
#include "presence/announcer.hpp"
#include "presence/core.hpp"

namespace rollcall::calls::test {

constexpr Limits kSmallLimits{.max_batch_ids = 3, .max_online_list = 10, .event_bytes = 1 << 20};
constexpr WallTime kBefore = wall_time(1'767'529'800'000);      // 2026-01-04T12:30:00.000Z
constexpr WallTime kAnsweredAt = wall_time(1'767'530'096'789);  // 2026-01-04T12:34:56.789Z

struct TestCaller final : Caller {
  std::optional<wire::Error> watch(const wire::UserIds& user_ids) override {
    if (refusal) return refusal;
    for (const wire::UserId& user_id : user_ids) watched.emplace_back(user_id);
    return std::nullopt;
  }
  std::size_t unwatch(const wire::UserIds& user_ids) override {
    for (const wire::UserId& user_id : user_ids) std::erase(watched, std::string(user_id));
    return watched.size();
  }
  Result<std::optional<WallTime>, wire::Error> renew(const std::string& given) override {
    if (refusal) return fail(*refusal);
    token = given;
    return expires_at;
  }

  std::optional<wire::Error> refusal;
  std::vector<std::string> watched;
  std::string token;
  std::optional<WallTime> expires_at;
};

struct TestInput final : HttpInput {
  std::string_view path(std::string_view name) const override {
    return name == "userId" ? std::string_view(user_id) : "";
  }
  std::optional<std::string> query(std::string_view name) const override {
    const auto found = queries.find(std::string(name));
    return found == queries.end() ? std::nullopt : std::optional(found->second);
  }
  std::string_view body() const override { return text; }

  std::string user_id;
  std::map<std::string, std::string> queries;
  std::string text;
};

// ann is online, with details, since kBefore; nobody else is known.
class World {
 public:
  explicit World(const Limits& limits = {}) : limits_(limits), online_list_(limits.max_online_list) {
    come("ann", {"ann@example.org", "admin", {}});
  }

  void come(const std::string& user_id, presence::Details details = {}) {
    std::vector<presence::UserChanged> changes;
    core_.apply(presence::Connect{++last_, user_id, std::move(details)}, Instant{}, kBefore, changes);
  }

  // The data of the answer, or "CODE: message". It is ann's connection that asks.
  std::string ask(std::string_view event, std::string_view args = "", std::size_t attachments = 0) {
    const std::size_t at = find_event(event);
    if (at == kClientCalls.size()) return said(unknown_event(event));
    auto request = decode(*kClientCalls[at], args, attachments, limits_);
    if (!request) return said(request.error());
    (*request)->look(view(), {1, kAnsweredAt, online_list_});
    ids = (*request)->ids();
    auto answer = (*request)->answer(caller, kAnsweredAt, {});
    return answer ? *answer : said(answer.error());
  }

  // The same for a backend.
  std::string ask_route(std::string_view name, const TestInput& input) {
    for (const Call* call : of_backends()) {
      if (call->route.name != name) continue;
      auto question = call->read_http(input, limits_);
      if (!question) return said(question.error());
      (*question)->look(view(), {0, kAnsweredAt, online_list_});
      auto answer = (*question)->answer(kAnsweredAt, {});
      return answer ? *answer : said(answer.error());
    }
    ADD_FAILURE() << "no such route: " << name;
    return {};
  }

  TestCaller caller;
  std::size_t ids = 0;     // what the last request cost
  std::string field = {};  // that was to blame for the last error

 private:
  presence::View view() { return {core_, announcer_}; }
  std::string said(const wire::Error& error) {
    field = error.field;
    return std::string(name_of(error.code)) + ": " + error.message;
  }

  Limits limits_;
  presence::Core core_{presence::Settings{}};
  presence::Announcer announcer_{presence::PaceSettings{}};
  OnlineList online_list_;
  presence::ConnectionId last_ = 0;
};

}  // namespace rollcall::calls::test
