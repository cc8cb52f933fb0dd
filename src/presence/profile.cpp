#include "presence/profile.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/assert.hpp"

namespace rollcall::presence {
namespace {

using Length = std::uint16_t;
constexpr Length kAbsent = UINT16_MAX;

Length length_at(const char* block, std::size_t field) {
  Length length;
  std::memcpy(&length, block + field * sizeof(Length), sizeof(Length));
  return length;
}

std::optional<std::string_view> kept(const std::optional<std::string>& detail) {
  if (!detail || detail->size() > kMaxDetailBytes) return std::nullopt;
  return *detail;
}

}  // namespace

Profile::Profile(std::string_view id, const Details& details) {
  ROLLCALL_ASSERT(id.size() <= kMaxUserIdBytes);
  const std::array<std::optional<std::string_view>, kFields> fields = {
      id, kept(details.email), kept(details.role), kept(details.name)};
  std::size_t size = kFields * sizeof(Length);
  for (const auto& field : fields) size += field ? field->size() : 0;
  block_.reset(new char[size]);
  char* lengths = block_.get();
  char* bytes = lengths + kFields * sizeof(Length);
  for (const auto& field : fields) {
    const Length length = field ? static_cast<Length>(field->size()) : kAbsent;
    std::memcpy(lengths, &length, sizeof length);
    lengths += sizeof length;
    if (field) bytes += field->copy(bytes, field->size());
  }
}

std::string_view Profile::id() const {
  if (!block_) return {};
  return {block_.get() + kFields * sizeof(Length), length_at(block_.get(), 0)};
}

std::optional<std::string_view> Profile::detail(std::size_t field) const {
  if (!block_) return std::nullopt;
  const Length length = length_at(block_.get(), field);
  if (length == kAbsent) return std::nullopt;
  std::size_t offset = kFields * sizeof(Length);
  for (std::size_t before = 0; before < field; ++before) {
    const Length skipped = length_at(block_.get(), before);
    if (skipped != kAbsent) offset += skipped;
  }
  return std::string_view{block_.get() + offset, length};
}

}  // namespace rollcall::presence
