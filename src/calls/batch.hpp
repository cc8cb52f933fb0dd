// Calls that name users by `userIds`: R is made of the ids.
#pragma once

#include <utility>

#include "calls/call.hpp"

namespace rollcall::calls {

template <class R, class Pointer = RequestPtr>
Result<Pointer, wire::Error> read_batch(const wire::Fields& fields, const Limits& limits) {
  auto ids = wire::read_user_ids(fields, limits.max_batch_ids);
  if (!ids) return fail(std::move(ids.error()));
  return Pointer(make<R>(fields.memory, std::move(*ids)));
}

}  // namespace rollcall::calls
