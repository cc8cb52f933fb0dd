// Reads small files whole: configuration and keys.
//
// Called by the commands. Thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "rollcall/result.hpp"

namespace rollcall::embed {

// The error is the rest of a sentence that begins with the file's name: "cannot be read: Permission denied".
Result<std::string, std::string> read_file(const std::string& path, std::size_t max_bytes);

}  // namespace rollcall::embed
