// The names of a cluster's keys in Redis, and which partition a user belongs to. All keys of a partition have
// one hash tag, so scripts may touch several of them in a Redis Cluster; partitions are spread evenly over
// the slots. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/incarnation.hpp"

namespace rollcall::cluster {

using Partition = unsigned;

class Keys {
 public:
  static constexpr unsigned kMaxPartitions = 256;

  // `name`: of the cluster, without braces. `partitions`: at least 1.
  Keys(std::string_view name, unsigned partitions);

  unsigned partitions() const { return static_cast<unsigned>(prefixes_.size()); }
  // The same on all nodes, whatever their versions.
  Partition partition_of(std::string_view user_id) const;

  std::string nodes() const { return common_ + "nodes"; }
  std::string beats() const { return common_ + "beats"; }
  std::string herald() const { return common_ + "herald"; }

  std::string meta(Partition partition) const { return prefixes_[partition] + "meta"; }
  std::string log(Partition partition) const { return prefixes_[partition] + "log"; }
  std::string incarnations(Partition partition) const { return prefixes_[partition] + "incs"; }
  std::string last_seen(Partition partition) const { return prefixes_[partition] + "seen"; }
  // The hash of the users who are online on that node.
  std::string users(Partition partition, Incarnation node) const {
    return prefixes_[partition] + "n:" + text_of(node);
  }

 private:
  std::string common_;
  std::vector<std::string> prefixes_;  // by partition
};

}  // namespace rollcall::cluster
