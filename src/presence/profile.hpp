// A user's id and details in one block of memory: there may be a million of them. Used by the
// Directory's records only.
//
// Bounds: the id has at most kMaxUserIdBytes (the caller's promise); details over kMaxDetailBytes are
// left out.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "presence/types.hpp"

namespace rollcall::presence {

class Profile {
 public:
  Profile() = default;
  Profile(std::string_view id, const Details& details);

  std::string_view id() const;
  std::optional<std::string_view> email() const { return detail(1); }
  std::optional<std::string_view> role() const { return detail(2); }
  std::optional<std::string_view> name() const { return detail(3); }

 private:
  static constexpr std::size_t kFields = 4;  // id, email, role, name

  std::optional<std::string_view> detail(std::size_t field) const;

  std::unique_ptr<char[]> block_;  // the lengths of the fields, then their bytes
};

}  // namespace rollcall::presence
