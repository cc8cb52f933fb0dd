// Where the library's log goes: one event a line, to stderr unless you say otherwise. It holds no tokens,
// keys or users' details.
//
// While a server runs, lines go through a queue of 1 MiB to a thread of their own, so that a slow reader, or
// a slow sink, never holds up the server. What does not fit is dropped, and a later line, `log lines lost`,
// says how many. A stderr without a reader raises no SIGPIPE.
#pragma once

#include <functional>
#include <string_view>

namespace rollcall {

enum class LogLevel { debug, info, warn, error, off };

// What is less important is not logged. At first: info.
void set_log_level(LogLevel least);

// Gets each line (`token expired  socket=Zc...`), without time, level and newline, instead of stderr. One
// call at a time: by the log's thread while a server runs, else by whichever thread logs. It must not throw,
// and must not call the library. Null: stderr again. Lines logged before the call still go to the sink
// before, for which it waits, a second at most.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;
void set_log_sink(LogSink sink);

}  // namespace rollcall
