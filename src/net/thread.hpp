// Starting threads. If one cannot be started, a std::system_error says which, why, and what to do.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace rollcall::net {

// `name` as in "the thread of NAME cannot be started".
std::thread start_thread(const std::string& name, std::function<void()> run);
// For a thread that must take no signals: they are the program's.
std::thread start_thread_without_signals(const std::string& name, std::function<void()> run);

}  // namespace rollcall::net
