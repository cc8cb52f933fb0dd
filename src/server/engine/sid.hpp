// Session ids, which say to which worker a session belongs: a request may come to any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/shared/worker_index.hpp"

namespace rollcall::server {

class SidScheme {
 public:
  static constexpr std::size_t kMaxWorkers = 1024;

  // With a single worker ids say nothing of it.
  SidScheme(WorkerIndex own, std::size_t workers) : own_(own), workers_(workers) {}

  // A new id of this worker's: 120 random bits, for it is a credential.
  std::string make() const;
  // The worker that must answer for that id, if it is another one.
  std::optional<WorkerIndex> other_owner(std::string_view sid) const;

 private:
  WorkerIndex own_;
  std::size_t workers_;
};

}  // namespace rollcall::server
