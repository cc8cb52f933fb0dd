// A file of environment variables, read as systemd reads EnvironmentFile= (systemd.exec(5)): KEY=VALUE a
// line, comments with # or ;, quotation marks of both kinds, \ before the end of a line joins it with the
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
  std::vector<Variable> variables;  // of one that is set twice, both: the later one counts
  // Lines that set nothing, which systemd leaves out without a word to you; never with their values.
  std::vector<std::pair<unsigned, std::string>> mistakes;
};

EnvFile parse_env_file(std::string_view text);

// KEY=VALUE lines that parse_env_file reads back; names must be names of variables.
std::string env_line(std::string_view name, std::string_view value);

}  // namespace rollcall::app
