// The hot paths that are guarded. Each is fixed work on fixed input: the same instructions in every run.
#pragma once

#include <span>

namespace rollcall::guard {

struct Path {
  const char* name;
  unsigned operations;  // how often `run` does it between callgrind's marks
  unsigned parts;       // per operation, reported individually: deliveries, requests
  void (*run)(unsigned operations, unsigned parts);
};

std::span<const Path> paths();

}  // namespace rollcall::guard
