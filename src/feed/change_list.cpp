#include "feed/change_list.hpp"

#include "base/assert.hpp"

namespace rollcall::feed {
namespace {

constexpr std::uint16_t kAbsent = UINT16_MAX;

std::uint16_t bytes_of(const std::optional<std::string_view>& detail) {
  return detail && detail->size() <= presence::kMaxDetailBytes ? static_cast<std::uint16_t>(detail->size())
                                                               : kAbsent;
}

std::optional<std::string_view> take(std::string_view& texts, std::uint16_t bytes) {
  if (bytes == kAbsent) return std::nullopt;
  const std::string_view text = texts.substr(0, bytes);
  texts.remove_prefix(bytes);
  return text;
}

}  // namespace

void ChangeList::add(const Change& change) {
  ROLLCALL_ASSERT(change.user_id.size() <= presence::kMaxUserIdBytes && texts_.size() < UINT32_MAX);
  const Entry entry{change.at,
                    change.last_active,
                    static_cast<std::uint32_t>(texts_.size()),
                    static_cast<std::uint16_t>(change.user_id.size()),
                    bytes_of(change.email),
                    bytes_of(change.role),
                    change.online};
  entries_.push_back(entry);
  texts_ += change.user_id;
  if (entry.email_bytes != kAbsent) texts_ += *change.email;
  if (entry.role_bytes != kAbsent) texts_ += *change.role;
}

Change ChangeList::operator[](std::size_t index) const {
  const Entry& entry = entries_[index];
  std::string_view texts = std::string_view(texts_).substr(entry.begin);
  Change change;
  change.user_id = *take(texts, entry.id_bytes);
  change.online = entry.online;
  change.at = entry.at;
  change.email = take(texts, entry.email_bytes);
  change.role = take(texts, entry.role_bytes);
  change.last_active = entry.last_active;
  return change;
}

void ChangeList::clear(std::size_t most_kept_bytes) {
  entries_.clear();
  if (texts_.capacity() > most_kept_bytes) texts_ = std::string();
  texts_.clear();
}

}  // namespace rollcall::feed
