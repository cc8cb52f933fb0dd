#include "calls/emit.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/json_scan.hpp"
#include "base/reserved_events.hpp"
#include "base/utf8.hpp"
#include "calls/table.hpp"
#include "wire/fields.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

namespace json = base::json;
using wire::described;
using wire::Error;
using wire::ErrorCode;
using wire::Fields;
using wire::invalid;
using wire::is_nothing;
using wire::UserId;
using wire::UserIds;

constexpr std::array<std::string_view, 3> kReadFields = {"event", "userIds", "all"};

// The body's fields that are read, as values, and its `data` as it stands.
struct Body {
  json::object values;
  bool halves = false;
  std::string_view data;

  Fields fields() const { return {&values, std::pmr::get_default_resource(), halves}; }
};

std::string words_for(const base::JsonFault& fault) {
  if (fault.too_deep) {
    return "the payload is nested deeper than " + std::to_string(base::kMaxJsonDepth) + ", at byte " +
           std::to_string(fault.at);
  }
  return "the payload is not valid JSON: look at byte " + std::to_string(fault.at);
}

// The kind of a JSON value that is not an object, by its first character.
std::string kind_of(char first) {
  switch (first) {
    case '[':
      return "an array";
    case '"':
      return "a string";
    case 'n':
      return "null";
    case 't':
    case 'f':
      return "a boolean";
    default:
      return "a number";
  }
}

// Of a field that comes twice the last one counts, as in JSON.parse.
Result<Body, Error> read_body(std::string_view text) {
  if (!base::is_utf8(text)) return invalid({}, "the payload is not UTF-8");
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return invalid({}, "the payload must be an object, got nothing");
  if (text[begin] != '{' && base::scan_values(text))
    return invalid({}, "the payload must be an object, got " + kind_of(text[begin]));
  Body body;
  std::optional<Failure<Error>> bad;
  const auto fault = base::scan_members(text, [&](std::string_view raw_name, std::string_view value) {
    const std::string name = base::decode_string(raw_name);
    if (name == "data") body.data = value;
    if (std::find(kReadFields.begin(), kReadFields.end(), name) == kReadFields.end()) return;
    bool halves = false;
    auto parsed = json::parse(value, {}, &halves);
    if (!parsed) {
      bad = invalid(name, "cannot be read: " + parsed.error());
      return;
    }
    body.halves |= halves;
    body.values[name] = std::move(*parsed);
  });
  if (fault) return invalid({}, words_for(*fault));
  if (bad) return std::move(*bad);
  return body;
}

Result<Emit, Error> read_emit(const Body& body) {
  const json::value* event = body.fields().find("event");
  if (!event || !event->is_string() || event->as_string().empty()) {
    return invalid("event", "must be a non-empty string, got " + described(event));
  }
  const std::string_view name(event->as_string().data(), event->as_string().size());
  if (name.size() > kMaxEventNameBytes) {
    return invalid("event", "must be at most " + std::to_string(kMaxEventNameBytes) + " bytes, got " +
                                std::to_string(name.size()));
  }
  if (auto refused = refused_event(name)) return fail(std::move(*refused));
  return Emit{std::string(name), std::string(body.data)};
}

UserIds each_once(const UserIds& ids) {
  std::unordered_set<std::string_view> seen;
  UserIds once;
  once.reserve(ids.size());
  for (const UserId& id : ids) {
    if (seen.insert(id).second) once.push_back(id);
  }
  return once;
}

}  // namespace

std::optional<Error> refused_event(std::string_view name) {
  const char* why = base::why_reserved(name);
  if (!why && is_own_event(name)) why = "presence alone sends that event";
  if (!why) return std::nullopt;
  return Error{ErrorCode::forbidden, "event must not be " + std::string(name) + ": " + why, "event"};
}

Result<Emit, Error> read_emit(std::string_view body) {
  const auto read = read_body(body);
  if (!read) return fail(Error(read.error()));
  return read_emit(*read);
}

Result<EmitToMany, Error> read_emit_to_many(std::string_view body, const Limits& limits) {
  const auto read = read_body(body);
  if (!read) return fail(Error(read.error()));
  const Fields fields = read->fields();
  const json::value* all = fields.find("all");
  const bool some = !is_nothing(fields.find("userIds"));
  const bool everyone = all && all->is_bool() && all->get_bool();
  if (!is_nothing(all) && !all->is_bool()) return invalid("all", "must be true, got " + described(all));
  if (some == everyone) {
    return invalid({}, some ? "userIds and all: true are both given, give one of them"
                            : "either userIds or all: true must say to whom the event goes");
  }
  EmitToMany many;
  if (some) {
    auto ids = wire::read_user_ids(fields, limits.max_batch_ids);
    if (!ids) return fail(std::move(ids.error()));
    many.user_ids = each_once(*ids);
  }
  auto emit = read_emit(*read);
  if (!emit) return fail(std::move(emit.error()));
  many.emit = std::move(*emit);
  return many;
}

std::string emitted(std::size_t delivered, bool online) {
  std::string json;
  wire::ObjectWriter(json).number("delivered", delivered).flag("online", online);
  return json;
}

std::string emitted_to_many(std::size_t delivered, std::size_t online) {
  std::string json;
  wire::ObjectWriter(json).number("delivered", delivered).number("online", online);
  return json;
}

}  // namespace rollcall::calls
