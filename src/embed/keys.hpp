// The keys that `[auth]` names, read from their files.
//
// Called by serve and check-config. Reads files of at most kMaxKeyFileBytes. Thread-safe.
// Source: docs/protocol.md, "Connecting".
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "jwt/key_set.hpp"
#include "rollcall/config.hpp"
#include "rollcall/result.hpp"

namespace rollcall::embed {

inline constexpr std::size_t kMaxKeyFileBytes = 1 << 20;

// The error lists every mistake: one sentence each, for the operator, without quoting any key.
Result<std::shared_ptr<const jwt::KeySet>, std::vector<std::string>> load_keys(const AuthSettings& auth);

}  // namespace rollcall::embed
