// A log entry from anyone who can write to Redis: it is refused, or keeps the promises of record.hpp and is
// written again in the same bytes.
#include <cstdint>
#include <string>

#include "base/assert.hpp"
#include "base/utf8.hpp"
#include "cluster/batch.hpp"

namespace {

using namespace rollcall;
using namespace rollcall::cluster;

void check_facts(const Facts& facts) {
  ROLLCALL_ASSERT(facts.last_active >= facts.session_at && unix_ms(facts.session_at) >= 0);
  for (const auto& detail : {facts.email, facts.role, facts.name}) {
    ROLLCALL_ASSERT(!detail || (detail->size() <= presence::kMaxDetailBytes && base::is_utf8(*detail)));
  }
}

void check_id(std::string_view id) {
  ROLLCALL_ASSERT(!id.empty() && id.size() <= presence::kMaxUserIdBytes && base::is_utf8(id));
}

void check(const Record& record) {
  if (const auto* here = std::get_if<Here>(&record)) {
    check_id(here->user_id);
    check_facts(here->facts);
  } else if (const auto* left = std::get_if<Left>(&record)) {
    check_id(left->user_id);
  } else if (const auto* active = std::get_if<Active>(&record)) {
    ROLLCALL_ASSERT(active->marks.size() <= kMaxActiveMarks);
  }
}

// An ending that is unknown here is not written as it was read.
bool ending_unknown(const Record& record) {
  const auto* left = std::get_if<Left>(&record);
  return left && left->ending == presence::Ending::unknown;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto facts = decode_facts(bytes)) {
    check_facts(*facts);
    ROLLCALL_ASSERT(encode_facts(*facts) == bytes);
  }
  const auto batch = decode_batch(bytes);
  if (!batch) return 0;
  ROLLCALL_ASSERT(batch->records.size() + batch->skipped <= kMaxBatchRecords);
  BatchWriter again(batch->node, batch->write);
  bool same = batch->skipped == 0;
  for (const Record& record : batch->records) {
    check(record);
    same &= !ending_unknown(record);
    again.add(record);
  }
  ROLLCALL_ASSERT(!same || again.bytes() == bytes);
  return 0;
}
