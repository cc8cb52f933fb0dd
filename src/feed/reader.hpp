// One reader of the feed by server-sent events: decides which bytes to send next.
//
//   retry: 2000
//   event: reset      {reason, timestamp}      if it has to start again
//   event: snapshot   {users}                  as often as needed
//   event: live       {count, timestamp}       id: a cursor; what follows is what has changed since
//   event: user-online, user-offline           each with its cursor as id
//
// The cursor of `live` is taken before the first page of the snapshot, and the pages are read one by one: a
// change in between may be sent twice, but none is missed. Changes carry the new state, so applying them is
// idempotent, and applying them in order gives the current state.
//
// Driven by gateway::FeedStreams. Pure: time is an argument. Not thread-safe.
//
// Bounds: it produces at most kPortion and one event, and nothing more until its reader has taken that. It
// holds one page of the snapshot. A reader that falls behind the source's memory starts again with a reset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "feed/change_list.hpp"
#include "feed/source.hpp"
#include "presence/types.hpp"
#include "rollcall/time.hpp"

namespace rollcall::feed {

class Reader {
 public:
  static constexpr std::size_t kPortion = 64 * 1024;
  static constexpr std::size_t kPageUsers = 100;    // read under one lock
  static constexpr std::size_t kReadChanges = 100;  // the same
  static constexpr seconds kKeepAlive{15};          // of silence
  static constexpr seconds kPatience{120};          // until a stalled reader is given up

  // `cursor`: the last one the reader has seen; empty if it sent none.
  Reader(std::string cursor, Instant now);

  // What to send now, maybe nothing; `unsent`: bytes the reader has not taken yet. To be called when the feed
  // has grown, at `deadline()`, and, if `waits_for_room()`, once everything is taken.
  std::string next(MirrorSource& source, std::size_t unsent, Instant now, WallTime wall);

  // Of the last call of `next`.
  bool waits_for_room() const { return waits_for_room_; }
  Instant deadline() const { return deadline_; }
  // The reader has stalled: close its stream.
  bool given_up() const { return given_up_; }

 private:
  enum class State { begin, snapshot, live };

  // False: there is nothing to send.
  bool step(MirrorSource& source, WallTime wall, std::string& out);
  void begin(MirrorSource& source, WallTime wall, std::string& out);
  void reset(MirrorSource& source, const char* reason, WallTime wall, std::string& out);
  void tell_users(MirrorSource& source, WallTime wall, std::string& out);
  bool tell_changes(MirrorSource& source, WallTime wall, std::string& out);
  void go_live(MirrorSource& source, bool resumed, WallTime wall, std::string& out);
  void watch(std::size_t unsent, Instant now);

  State state_ = State::begin;
  std::string cursor_;       // as the reader gave it, until the beginning
  std::uint64_t taken_ = 0;  // the number of the last change told, or to go on after
  presence::OnlinePage page_;
  std::size_t told_of_page_ = 0;
  ChangeList changes_;  // to be read into

  Instant deadline_;
  bool waits_for_room_ = false;
  bool given_up_ = false;
  std::size_t unsent_ = 0;  // and since when it is that much:
  Instant unsent_since_;
};

}  // namespace rollcall::feed
