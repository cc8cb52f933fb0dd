#include "cluster/batch.hpp"

#include <algorithm>
#include <utility>

#include "base/varint.hpp"
#include "cluster/bytes.hpp"

namespace rollcall::cluster {
namespace {

using base::append_text;
using base::append_varint;

constexpr std::uint8_t kVersion = 1;
// A year of five digits would not fit where times are shown (RFC 3339): 9999-12-31T23:59:59.999Z.
constexpr std::uint64_t kLastMoment = 253'402'300'799'999;

// On the wire: never give a number another meaning.
enum class RecordKind : std::uint8_t {
  here = 1,
  left = 2,
  sync_begin = 3,
  sync_end = 4,
  whole = 5,
  gone = 6,
  epoch = 7,
  active = 8,
};
enum FactFlags : std::uint8_t { kHasEmail = 1, kHasRole = 2, kHasName = 4 };

RecordKind kind_of(const Here&) {
  return RecordKind::here;
}
RecordKind kind_of(const Left&) {
  return RecordKind::left;
}
RecordKind kind_of(const SyncBegin&) {
  return RecordKind::sync_begin;
}
RecordKind kind_of(const SyncEnd&) {
  return RecordKind::sync_end;
}
RecordKind kind_of(const Whole&) {
  return RecordKind::whole;
}
RecordKind kind_of(const Gone&) {
  return RecordKind::gone;
}
RecordKind kind_of(const EpochBegins&) {
  return RecordKind::epoch;
}
RecordKind kind_of(const Active&) {
  return RecordKind::active;
}

std::uint8_t number_of(presence::Ending ending) {
  using presence::Ending;
  switch (ending) {
    case Ending::unknown:
      return 0;
    case Ending::client_goodbye:
      return 1;
    case Ending::server_goodbye:
      return 2;
    case Ending::transport_close:
      return 3;
    case Ending::transport_error:
      return 4;
    case Ending::ping_timeout:
      return 5;
    case Ending::parse_error:
      return 6;
    case Ending::server_closed:
      return 7;
    case Ending::slow_consumer:
      return 8;
    case Ending::token_expired:
      return 9;
  }
  return 0;
}

// A newer version may know more endings: they explain, they decide nothing.
presence::Ending ending_of(std::uint8_t number) {
  using presence::Ending;
  for (const Ending ending : {Ending::client_goodbye, Ending::server_goodbye, Ending::transport_close,
                              Ending::transport_error, Ending::ping_timeout, Ending::parse_error,
                              Ending::server_closed, Ending::slow_consumer, Ending::token_expired}) {
    if (number_of(ending) == number) return ending;
  }
  return Ending::unknown;
}

void append_word(std::string& out, std::uint64_t value) {
  for (unsigned shift = 64; shift > 0;) out += static_cast<char>(value >> (shift -= 8));
}

void append_time(std::string& out, WallTime time) {
  append_varint(out, static_cast<std::uint64_t>(unix_ms(time)));
}

void append_facts(std::string& out, const Facts& facts) {
  append_time(out, facts.session_at);
  // A session's beginning may come from another node, whose clock is ahead of ours.
  const auto active = std::max(facts.last_active - facts.session_at, milliseconds(0));
  append_varint(out, static_cast<std::uint64_t>(active.count()));
  out += static_cast<char>((facts.email ? kHasEmail : 0) | (facts.role ? kHasRole : 0) |
                           (facts.name ? kHasName : 0));
  for (const auto& detail : {facts.email, facts.role, facts.name}) {
    if (detail) append_text(out, *detail);
  }
}

void append_body(std::string& out, const Here& here) {
  append_text(out, here.user_id);
  append_facts(out, here.facts);
}
void append_body(std::string& out, const Left& left) {
  append_text(out, left.user_id);
  append_time(out, left.last_active);
  out += static_cast<char>(number_of(left.ending));
}
void append_body(std::string&, const SyncBegin&) {}
void append_body(std::string&, const SyncEnd&) {}
void append_body(std::string&, const Whole&) {}
void append_body(std::string& out, const Gone& gone) {
  append_word(out, gone.node.value);
  out += static_cast<char>(gone.reason);
}
void append_body(std::string& out, const EpochBegins& epoch) {
  append_varint(out, epoch.base.epoch);
  append_varint(out, epoch.base.number);
  append_text(out, epoch.run_id);
}
void append_body(std::string& out, const Active& active) {
  for (const ActiveMark& mark : active.marks) {
    append_word(out, mark.user_hash);
    append_varint(out, mark.minutes_ago);
  }
}

WallTime read_time(Bytes& bytes) {
  return wall_time(static_cast<std::int64_t>(bytes.varint(kLastMoment)));
}

Facts read_facts(Bytes& bytes) {
  Facts facts;
  facts.session_at = read_time(bytes);
  const auto session = static_cast<std::uint64_t>(unix_ms(facts.session_at));
  facts.last_active = facts.session_at + milliseconds(bytes.varint(kLastMoment - session));
  const std::uint8_t flags = bytes.byte();
  const auto detail = [&](FactFlags flag) -> std::optional<std::string_view> {
    if (!(flags & flag)) return std::nullopt;
    return bytes.text(presence::kMaxDetailBytes);
  };
  facts.email = detail(kHasEmail);
  facts.role = detail(kHasRole);
  facts.name = detail(kHasName);
  if (flags > (kHasEmail | kHasRole | kHasName)) bytes.fail();
  return facts;
}

std::string_view read_user_id(Bytes& bytes) {
  const std::string_view id = bytes.text(presence::kMaxUserIdBytes);
  if (id.empty()) bytes.fail();
  return id;
}

Active read_active(Bytes& bytes) {
  Active active;
  while (!bytes.empty()) {
    if (active.marks.size() == kMaxActiveMarks) {
      bytes.fail();
      break;
    }
    const std::uint64_t hash = bytes.word();
    active.marks.push_back({hash, static_cast<std::uint32_t>(bytes.varint(kMaxMinutesAgo))});
  }
  return active;
}

Gone read_gone(Bytes& bytes) {
  const Incarnation node{bytes.word()};
  const std::uint8_t reason = bytes.byte();
  if (reason > static_cast<std::uint8_t>(GoneReason::evicted)) bytes.fail();
  return {node, static_cast<GoneReason>(reason)};
}

// Members in braces are evaluated in their order, which is the wire's.
Record read_body(RecordKind kind, Bytes& bytes) {
  switch (kind) {
    case RecordKind::here:
      return Here{read_user_id(bytes), read_facts(bytes)};
    case RecordKind::left:
      return Left{read_user_id(bytes), read_time(bytes), ending_of(bytes.byte())};
    case RecordKind::sync_begin:
      return SyncBegin{};
    case RecordKind::sync_end:
      return SyncEnd{};
    case RecordKind::whole:
      return Whole{};
    case RecordKind::gone:
      return read_gone(bytes);
    case RecordKind::epoch:
      return EpochBegins{{bytes.varint(), bytes.varint()}, bytes.text(kMaxRunIdBytes)};
    case RecordKind::active:
      return read_active(bytes);
  }
  bytes.fail();
  return Whole{};
}

bool is_known(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(RecordKind::here) &&
         kind <= static_cast<std::uint8_t>(RecordKind::active);
}

// False: not a record.
bool read_record(Bytes& bytes, Batch& batch) {
  const std::uint8_t kind = bytes.byte();
  Bytes body(bytes.block(kMaxBatchBytes));
  if (bytes.failed()) return false;
  if (!is_known(kind)) {
    ++batch.skipped;
    return true;
  }
  batch.records.push_back(read_body(static_cast<RecordKind>(kind), body));
  return body.finished();
}

}  // namespace

BatchWriter::BatchWriter(Incarnation node, std::uint64_t write) {
  bytes_ += static_cast<char>(kVersion);
  append_word(bytes_, node.value);
  append_varint(bytes_, write);
}

void BatchWriter::add(const Record& record) {
  body_.clear();
  const RecordKind kind = std::visit(
      [&](const auto& known) {
        append_body(body_, known);
        return kind_of(known);
      },
      record);
  bytes_ += static_cast<char>(kind);
  append_text(bytes_, body_);
}

std::optional<Batch> decode_batch(std::string_view text) {
  if (text.size() > kMaxBatchBytes) return std::nullopt;
  Bytes bytes(text);
  if (bytes.byte() != kVersion) return std::nullopt;
  Batch batch;
  batch.node.value = bytes.word();
  batch.write = bytes.varint();
  while (!bytes.empty()) {
    const bool full = batch.records.size() + batch.skipped == kMaxBatchRecords;
    if (full || !read_record(bytes, batch)) return std::nullopt;
  }
  if (!bytes.finished()) return std::nullopt;
  return batch;
}

std::string encode_facts(const Facts& facts) {
  std::string out;
  append_facts(out, facts);
  return out;
}

std::optional<Facts> decode_facts(std::string_view text) {
  Bytes bytes(text);
  const Facts facts = read_facts(bytes);
  return bytes.finished() ? std::optional(facts) : std::nullopt;
}

}  // namespace rollcall::cluster
