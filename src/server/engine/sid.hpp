// Session ids, which encode the session's worker: a request may arrive at any worker.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/shared/worker_index.hpp"

namespace rollcall::server {

class SidScheme {
 public:
  static constexpr std::size_t kMaxWorkers = 1024;

  // With a single worker, ids do not encode it.
  SidScheme(WorkerIndex own, std::size_t workers) : own_(own), workers_(workers) {}

  // A new id for this worker: 120 random bits, because it is a credential.
  std::string make() const;
  // The worker that must handle that id, if it is not this one.
  std::optional<WorkerIndex> other_owner(std::string_view sid) const;

 private:
  WorkerIndex own_;
  std::size_t workers_;
};

}  // namespace rollcall::server
