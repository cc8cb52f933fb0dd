// For tests: a whole stream of bytes through a parser, in pieces, and all that came out of it.
#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "http/request_parser.hpp"

namespace rollcall::http::test {

struct Outcome {
  std::vector<Request> requests;
  std::optional<Fault> fault;
  std::optional<Request> head;  // of the unfinished request, or of the one at fault
  bool idle = true;

  bool operator==(const Outcome&) const = default;
};

// One read, from memory of exactly its size that is gone afterwards.
inline void feed(RequestParser& parser, std::string_view bytes, Outcome& outcome) {
  const auto memory = std::make_unique<char[]>(bytes.size());
  if (!bytes.empty()) std::memcpy(memory.get(), bytes.data(), bytes.size());
  std::string_view left(memory.get(), bytes.size());
  while (!left.empty() && !outcome.fault) {
    const auto used = parser.feed(left);
    if (!used) {
      outcome.fault = used.error();
      return;
    }
    ROLLCALL_ASSERT(*used <= left.size() && (*used == left.size() || parser.complete()));
    left.remove_prefix(*used);
    if (parser.complete()) outcome.requests.push_back(parser.take());
  }
}

// Cut after the sizes in `pieces`, over and over; at once if there are none.
inline Outcome parse(std::string_view bytes, Limits limits, const std::vector<std::size_t>& pieces = {}) {
  Outcome outcome;
  RequestParser parser(limits);
  for (std::size_t i = 0; !bytes.empty() && !outcome.fault; ++i) {
    const std::string_view piece = pieces.empty() ? bytes : bytes.substr(0, pieces[i % pieces.size()]);
    feed(parser, piece, outcome);
    bytes.remove_prefix(piece.size());
  }
  if (const Request* head = parser.head()) outcome.head = *head;
  outcome.idle = parser.idle();
  return outcome;
}

}  // namespace rollcall::http::test
