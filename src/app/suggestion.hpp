// "Did you mean ...?"
//
// Used by the configuration loader for unknown names. Pure; thread-safe. Cost: the product of the lengths per
// candidate; names longer than kMaxNameBytes are not compared.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace rollcall::app {

inline constexpr std::size_t kMaxNameBytes = 100;

// The candidate that `name` most likely stands for: the nearest by edit distance, or one with `name` as its
// prefix. Case, and - for _, make no difference.
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace rollcall::app
