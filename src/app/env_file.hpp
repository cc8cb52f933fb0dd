// A file of environment variables, read as systemd reads EnvironmentFile= (systemd.exec(5)): one KEY=VALUE
// per line, comments with # or ;, both kinds of quotation marks, and \ at the end of a line joins it with the
// next.
//
// Called by the configuration loader and by `serve --dev`. Pure; thread-safe. Linear in the text's size.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::app {

struct EnvFile {
  struct Variable {
    std::string name;
    std::string value;
    unsigned line = 0;
  };
  std::vector<Variable> variables;  // a variable that is set twice is here twice: the later one counts
  // Lines that set nothing, which systemd skips silently; without values.
  std::vector<std::pair<unsigned, std::string>> mistakes;
};

EnvFile parse_env_file(std::string_view text);

// KEY=VALUE lines that parse_env_file reads back; the names must be valid.
std::string env_line(std::string_view name, std::string_view value);

}  // namespace rollcall::app
