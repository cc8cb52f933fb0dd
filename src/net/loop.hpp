// The event loop: epoll, the timing wheel, the mailbox, and the only place that reads clocks.
//
// One turn: wait; read the clock; fire the timers; handle connections that hung up, before all others,
// so that a dropped long-poll is known before the next request on another connection; handle the
// readable ones; accept; give busy connections, in turn, a few milliseconds together; empty the mailbox; run
// what was deferred; flush every connection with queued output, once. Everything but `post` and `stop`
// belongs to the thread that runs it; what it counts may be read from any.
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/timing_wheel.hpp"
#include "net/counter.hpp"
#include "net/pulse.hpp"
#include "net/send_batch.hpp"
#include "rollcall/time.hpp"

namespace rollcall::net {

class Connection;
struct Channel;

// What epoll tells something about: a connection, a listener, the mailbox.
struct EventSource {
  virtual void on_events(std::uint32_t events) = 0;
  // Listeners come last in a turn.
  virtual bool accepts() const { return false; }

 protected:
  ~EventSource() = default;
};

// What a loop counts.
struct LoopCounters {
  // From the end of a wait to the end of the flush: the longest that input has to wait.
  DurationCounter turns;
  Counter bytes_received;
  Counter bytes_sent;
  Counter bytes_waiting;  // to be sent, on all connections
  Counter unwatchable;    // connections closed at once because epoll could not watch one more descriptor
};

class Loop {
 public:
  explicit Loop(bool try_io_uring = false);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();  // until `stop`
  // From any thread: it is the one that runs it.
  bool runs_here() const { return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  // One turn, waiting at most `max_wait`.
  void turn(milliseconds max_wait);
  void stop();
  // It is being destroyed: objects its users share may be gone.
  bool dying() const { return dying_; }
  // Once `run` has ended, tasks are dropped, including those that have not run by then.
  void post(std::function<void()> task);

  Instant now() const { return now_; }  // as of the beginning of this turn
  static Instant read_clock();
  WallTime wall_now() const;  // as of the first time it was asked for in this turn
  static WallTime read_wall_clock();
  base::TimingWheel& timers() { return timers_; }

  // Runs at the end of this turn, before output is flushed; tasks deferred meanwhile run in the same turn.
  void defer(std::function<void()> task) { deferred_.push_back(std::move(task)); }

  // Calls `watcher` with the duration of each turn, after its output was flushed. It must be quick, and must
  // not produce output or defer tasks. To be set before the loop runs.
  void on_turn_end(std::function<void(microseconds)> watcher) {
    turn_watchers_.push_back(std::move(watcher));
  }

  bool uses_io_uring() const { return batch_.uses_io_uring(); }

  // Takes charge of an open connection; its handler must be set before the turn ends.
  Connection& adopt(Channel channel, std::size_t backlog_limit);
  // From any thread.
  std::size_t connections() const { return connection_count_.load(std::memory_order_relaxed); }
  // From any thread.
  const LoopCounters& counters() const { return counters_; }
  Pulse::Reading pulse() const { return pulse_.read(); }
  // Closes every connection once its queued output is sent.
  void close_connections();

  // For net's own classes. `try_watch`: false if the system has no memory, or no watch, for one more; `watch`
  // throws std::system_error then, with what to do.
  [[nodiscard]] bool try_watch(int descriptor, EventSource& source, std::uint32_t events);
  void watch(int descriptor, EventSource& source, std::uint32_t events);
  void rewatch(int descriptor, EventSource& source, std::uint32_t events);
  void unwatch(int descriptor, EventSource& source);
  // Its descriptor was closed, which removes it from epoll more cheaply.
  void closed(EventSource& source) { unwatched_.push_back(&source); }
  std::span<char> read_buffer() { return {read_buffer_.get(), kReadBufferBytes}; }
  // Scratch memory for decrypted input or records to send. Not preserved between uses.
  std::span<char> plain_buffer();
  void queue_flush(Connection& connection) { dirty_.push_back(&connection); }
  void queue_input(Connection& connection) { inputs_.push_back(&connection); }
  void forget_input(Connection& connection) { std::erase(inputs_, &connection); }
  void bury(Connection& connection);  // closed: destroyed at the end of the turn
  LoopCounters& count() { return counters_; }

 private:
  static constexpr std::size_t kReadBufferBytes = 256 * 1024;
  static constexpr int kMaxEvents = 512;

  void refresh_now();
  int wait(milliseconds max_wait);
  void dispatch(std::span<epoll_event> events);
  void serve_busy();
  void run_mailbox();
  void run_taken();
  void end_mailbox();
  void finish_turn();
  void end_turn();
  void flush();
  void forget(Connection& connection);
  void refuse_unwatched(Connection& connection);

  struct Wakeup final : EventSource {
    explicit Wakeup(Loop& owner) : loop(owner) {}
    void on_events(std::uint32_t events) override;
    Loop& loop;
  };

  std::atomic<std::thread::id> thread_{};  // none: it does not run
  bool dying_ = false;
  bool precise_wait_ = true;  // until epoll_pwait2 turns out to be missing or forbidden
  int epoll_ = -1;
  int event_ = -1;
  Instant now_;
  Instant turn_ended_;  // the last one
  mutable std::optional<WallTime> wall_now_;
  base::TimingWheel timers_;
  Wakeup wakeup_{*this};
  std::unique_ptr<char[]> read_buffer_;
  std::unique_ptr<char[]> plain_buffer_;  // once there is TLS
  std::vector<epoll_event> events_;
  std::vector<std::function<void()>> deferred_;
  std::vector<Connection*> dirty_;
  std::deque<Connection*> inputs_;  // busy or resumed connections that have something to be read, in turn
  // What was taken of deferred_ or mailbox_, dirty_ and buried_; empty between, kept for their memory.
  std::vector<std::function<void()>> running_;
  std::vector<Connection*> flushing_, burying_;
  std::vector<Connection*> connections_;
  std::atomic<std::size_t> connection_count_{0};
  SendBatch batch_;
  std::vector<Connection*> buried_;
  std::vector<EventSource*> unwatched_;  // this turn: events already fetched for them are void
  std::mutex mailbox_mutex_;
  std::vector<std::function<void()>> mailbox_;
  bool ended_ = false;  // under that lock, too
  LoopCounters counters_;
  Pulse pulse_;
  std::vector<std::function<void(microseconds)>> turn_watchers_;
  std::atomic<bool> stopping_{false};
};

}  // namespace rollcall::net
