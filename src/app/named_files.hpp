// Checks the files that settings name - public keys, a JWKS, the certificate - before anything starts.
//
// Called by the configuration reader, so that their mistakes are reported with all others, and with the line
// that names the file. Reads files of at most embed::kMaxKeyFileBytes. Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "rollcall/config.hpp"

namespace rollcall::app {

struct NamedFileMistake {
  std::string setting;  // "auth.public_keys"
  std::string message;  // the rest of a sentence that begins with the setting; quotes no key
  bool in_file = true;  // false: the files are valid, but the keys do not fit the configuration
};

std::vector<NamedFileMistake> try_named_files(const Config& config);

}  // namespace rollcall::app
