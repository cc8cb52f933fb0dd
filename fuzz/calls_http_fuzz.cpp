// What a backend may send: path parameters, queries, bodies; and what an operator may take for a key. What is
// read keeps the limits, and what is refused is refused in a problem that is JSON and quotes no key.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "calls/emit.hpp"
#include "calls/online_list.hpp"
#include "calls/service_key.hpp"
#include "calls/table.hpp"
#include "presence/announcer.hpp"
#include "presence/core.hpp"
#include "wire/problem.hpp"

using namespace rollcall::calls;
using namespace rollcall::wire;

namespace {

constexpr Limits kLimits{.max_batch_ids = 8, .max_online_list = 100, .event_bytes = 1 << 20};

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Error& error) {
  const auto problem = rollcall::base::json::parse(to_json(problem_of(error)));
  require(problem.ok() && problem->is_object());
  require(error.message.size() < 300);
  require(error.message.starts_with(error.field));
}

void check_id(std::string_view id) {
  require(!id.empty() && id.size() <= rollcall::presence::kMaxUserIdBytes);
}

// All of what came is the path's user, the query, and the body.
class Input final : public HttpInput {
 public:
  explicit Input(std::string_view text) : text_(text) {}
  std::string_view path(std::string_view) const override { return text_; }
  std::optional<std::string> query(std::string_view name) const override {
    const std::size_t end = std::min(text_.find('&'), text_.size());
    return std::string(name == "limit" ? text_.substr(0, end) : text_.substr(end));
  }
  std::string_view body() const override { return text_; }

 private:
  std::string_view text_;
};

void check_answer(Question& question) {
  static rollcall::presence::Core core{rollcall::presence::Settings{}};
  static rollcall::presence::Announcer announcer{rollcall::presence::PaceSettings{}};
  static OnlineList online_list{kLimits.max_online_list};
  question.look({core, announcer}, {0, rollcall::WallTime{}, online_list});
  const auto json = question.answer(rollcall::WallTime{}, {});
  if (!json) return check(json.error());
  require(rollcall::base::json::parse(*json).ok());
}

// What clients are sent is a part of what came, and one JSON value in UTF-8.
void check_emit(const Emit& emit, std::string_view body) {
  require(!emit.event.empty() && emit.event.size() <= kMaxEventNameBytes && !refused_event(emit.event));
  if (emit.data.empty()) return;
  require(body.find(emit.data) != std::string_view::npos && rollcall::base::is_utf8(emit.data));
  require(rollcall::base::scan_value(emit.data, 0) == emit.data.size());
}

void check_key(std::string_view text) {
  const auto key = parse_service_key(text);
  if (!key) return;
  const auto again = parse_service_key(to_text(*key));
  require(again.ok() && again->name == key->name && again->scopes == key->scopes &&
          again->digest == key->digest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto user_id = user_id_in_path(text))
    check_id(*user_id);
  else
    check(user_id.error());
  const Input input(text);
  for (const Call* call : of_backends()) {
    const auto question = call->read_http(input, kLimits);
    if (!question) {
      check(question.error());
    } else {
      check_answer(**question);
    }
  }
  if (const auto emit = read_emit(text)) {
    check_emit(*emit, text);
  } else {
    check(emit.error());
  }
  if (const auto many = read_emit_to_many(text, kLimits)) {
    check_emit(many->emit, text);
    if (many->user_ids) {
      require(many->user_ids->size() <= kLimits.max_batch_ids);
      for (const std::string_view id : *many->user_ids) check_id(id);
    }
  } else {
    check(many.error());
  }
  check_key(text);
  return 0;
}
