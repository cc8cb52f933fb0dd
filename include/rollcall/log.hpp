// Where the library's log goes: one event a line, to stderr unless you say otherwise. It holds no tokens,
// keys or users' details.
//
// To be called before a server runs.
#pragma once

#include <functional>
#include <string_view>

namespace rollcall {

enum class LogLevel { debug, info, warn, error, off };

// What is less important is not logged. At first: info.
void set_log_level(LogLevel least);

// Gets each line (`token expired  socket=Zc...`), without time, level and newline, instead of stderr. Called
// by whichever thread logs, one call at a time: it should be quick, must not throw, and must not call the
// library. Null: stderr again.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;
void set_log_sink(LogSink sink);

}  // namespace rollcall
