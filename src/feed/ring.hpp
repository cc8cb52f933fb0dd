// A numbered ring of the newest changes of presence, for server-sent events and webhooks. Each reader keeps
// the number of its last change and reads the changes after it; a reader that has fallen behind the ring is
// told so, and takes a snapshot.
//
// Filled and read by the gateway's hub, under its lock. Pure. Not thread-safe.
//
// Bounds: at most `limit` changes, and about 256 bytes of text for each on average: if the users' ids and
// details are longer, fewer changes are kept. Memory is allocated on demand and reused: once the feed
// is full, adding a change allocates nothing. `add` and `read` are O(1) a change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feed/change_list.hpp"
#include "rollcall/result.hpp"

namespace rollcall::feed {

// Why a reader cannot go on from where it was.
enum class FeedGap {
  unknown,      // the cursor is of another start of the server, or none of ours at all
  fell_behind,  // some changes after it have been overwritten
};

class Ring {
 public:
  // `epoch`: different at each start, so that cursors of an earlier start are recognised.
  // A `limit` of 0: nothing is kept.
  Ring(std::uint64_t epoch, std::size_t limit);

  void add(const Change& change);

  // The first change is number 1; 0 stands before it.
  std::uint64_t last() const { return last_; }
  bool keeps() const { return limit_ > 0; }
  // From now on. Nothing must have been kept so far.
  void begin(std::size_t limit);

  // Appends up to `most` changes after number `after`, in order. False, and nothing is appended, if some of
  // them have been overwritten. `after` must not be in the future.
  bool read(std::uint64_t after, std::size_t most, ChangeList& out) const;
  bool remembers_after(std::uint64_t after) const { return after >= forgotten_; }

  // A number as an opaque cursor for readers to keep: "9f86d081884c7d65-42".
  std::string cursor(std::uint64_t number) const;
  Result<std::uint64_t, FeedGap> find(std::string_view cursor) const;

 private:
  static constexpr std::size_t kBlock = 256;          // changes
  static constexpr std::size_t kTextBytesEach = 256;  // on average

  // Change n stands at index n - 1.
  ChangeList& block_at(std::uint64_t index) { return blocks_[index / kBlock % blocks_.size()]; }
  const ChangeList& block_at(std::uint64_t index) const { return blocks_[index / kBlock % blocks_.size()]; }
  void begin_block();

  std::string epoch_;
  std::size_t limit_;
  std::uint64_t last_ = 0;
  std::uint64_t forgotten_ = 0;  // the last one that is
  std::size_t text_bytes_ = 0;
  std::vector<ChangeList> blocks_;  // a ring
};

}  // namespace rollcall::feed
