#include "gateway/http/server_call.hpp"

namespace rollcall::gateway {

extern const ServerCall kStats, kEmit, kEmitToMany, kExplain, kDisconnect, kFeed;

namespace {

constexpr const ServerCall* kServerCalls[] = {&kStats, &kEmit, &kEmitToMany, &kExplain, &kDisconnect, &kFeed};

}  // namespace

std::span<const ServerCall* const> server_calls() {
  return kServerCalls;
}

}  // namespace rollcall::gateway
