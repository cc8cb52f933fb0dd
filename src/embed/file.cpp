#include "embed/file.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace rollcall::embed {
namespace {

Failure<std::string> unreadable(int error) {
  return {"cannot be read: " + std::generic_category().message(error)};
}

}  // namespace

Result<std::string, std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
  if (!file) return unreadable(errno);
  std::string text;
  char chunk[16 * 1024];
  while (const std::size_t got = std::fread(chunk, 1, sizeof chunk, file.get())) {
    text.append(chunk, got);
    if (text.size() > max_bytes) return fail("is larger than " + std::to_string(max_bytes) + " bytes");
  }
  if (std::ferror(file.get())) return unreadable(errno);
  return text;
}

}  // namespace rollcall::embed
