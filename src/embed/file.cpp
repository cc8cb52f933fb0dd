#include "embed/file.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace rollcall::embed {
namespace {

std::string name_of_user(uid_t id) {
  char memory[4096];
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(id, &entry, memory, sizeof memory, &found);
  return found ? found->pw_name : std::to_string(id);
}

std::string name_of_group(gid_t id) {
  char memory[4096];
  group entry{};
  group* found = nullptr;
  getgrgid_r(id, &entry, memory, sizeof memory, &found);
  return found ? found->gr_name : std::to_string(id);
}

// Who may read the file, who we are, and how to fix it.
std::string about_permission(const std::string& path) {
  const std::string us = name_of_user(geteuid());
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return ": the user " + us + " may not enter a directory above it (chmod o+x, or chgrp and chmod g+x)";
  }
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(info.st_mode & 07777));
  const std::string help = info.st_uid == geteuid()
                               ? "chmod u+r would let it"
                               : "chgrp " + name_of_group(getegid()) + ", and chmod g+r, would let it";
  return ": it is " + name_of_user(info.st_uid) + ":" + name_of_group(info.st_gid) + "'s with mode " + mode +
         ", and this runs as the user " + us + ": " + help;
}

Failure<std::string> unreadable(int error, const std::string& path) {
  std::string why = "cannot be read: " + std::generic_category().message(error);
  if (error == EACCES) why += about_permission(path);
  return {std::move(why)};
}

}  // namespace

Result<std::string, std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
  if (!file) return unreadable(errno, path);
  std::string text;
  char chunk[16 * 1024];
  while (const std::size_t got = std::fread(chunk, 1, sizeof chunk, file.get())) {
    text.append(chunk, got);
    if (text.size() > max_bytes) return fail("is larger than " + std::to_string(max_bytes) + " bytes");
  }
  if (std::ferror(file.get())) return unreadable(errno, path);
  return text;
}

}  // namespace rollcall::embed
