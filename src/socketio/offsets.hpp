// The text of an offset, which a client stores and sends when it reconnects (docs/protocol.md, "Recovery").
//
// It names a place in the order of one start of the server: `~`, four characters that say which start, `:`,
// and the number in base 36. Clients keep the last argument of any event for it, if that is a string: so it
// has to look like no string of an application's. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::socketio {

class Offsets {
 public:
  static constexpr std::size_t kEpochChars = 4;

  // `epoch`: different at each start, so that an offset of an earlier start is not mistaken for a current
  // one.
  explicit Offsets(std::string epoch) : prefix_("~" + std::move(epoch) + ":") {}

  std::string text(std::uint64_t number) const;

  // What a client has seen of a session that began, or was last known to have seen, at `floor`, when `last`
  // is the newest number. Clients keep an offset longer than a session, even longer than a server: one of
  // before the session, or none at all, means that nothing was seen since its floor. Absent if the text is no
  // offset, or names what has not been sent yet.
  std::optional<std::uint64_t> seen(std::optional<std::string_view> offset, std::uint64_t floor,
                                    std::uint64_t last) const;

 private:
  std::string prefix_;
};

}  // namespace rollcall::socketio
