#include "cluster/keys.hpp"

#include "base/assert.hpp"
#include "base/stable_hash.hpp"
#include "cluster/slot.hpp"

namespace rollcall::cluster {
namespace {

// The smallest number whose slot lies in the partition's share of all slots.
std::string tag_of(Partition partition, unsigned partitions) {
  for (unsigned number = 0;; ++number) {
    std::string tag = std::to_string(number);
    if (slot_of(tag) * partitions / kSlots == partition) return tag;
  }
}

}  // namespace

Keys::Keys(std::string_view name, unsigned partitions) {
  ROLLCALL_ASSERT(partitions >= 1 && partitions <= kMaxPartitions);
  ROLLCALL_ASSERT(name.find_first_of("{}") == std::string_view::npos);
  common_.append("rollcall:{").append(name).append("}:");
  for (Partition partition = 0; partition < partitions; ++partition) {
    prefixes_.push_back(
        std::string("rollcall:").append(name).append(":{").append(tag_of(partition, partitions)) + "}:");
  }
}

Partition Keys::partition_of(std::string_view user_id) const {
  return static_cast<Partition>(base::stable_hash(user_id) % prefixes_.size());
}

}  // namespace rollcall::cluster
