#include "sham/kernel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rollcall::sham {

Kernel& Kernel::get() {
  static Kernel kernel;
  return kernel;
}

// Touched too, or it would count as memory only when first used.
void Kernel::reserve(std::size_t connections) {
  connections_.resize(std::max(connections, connections_.size()));
  connections_.clear();
  free_.resize(connections);
  free_.clear();
}

int Kernel::dial() {
  if (free_.empty()) {
    free_.push_back(kFirst + static_cast<int>(connections_.size()));
    connections_.emplace_back();
  }
  const int descriptor = free_.back();
  free_.pop_back();
  at(descriptor) = {};
  to_accept_.push_back(descriptor);
  return descriptor;
}

void Kernel::write(int descriptor, std::string_view bytes) {
  Connection& connection = at(descriptor);
  if (connection.ended) return;  // ended or closed
  if (connection.input == 0) {
    if (free_inputs_.empty()) {
      inputs_.emplace_back();
      free_inputs_.push_back(static_cast<std::uint32_t>(inputs_.size()));
    }
    connection.input = free_inputs_.back();
    free_inputs_.pop_back();
  }
  inputs_[connection.input - 1] += bytes;
  queue_if_ready(descriptor);
}

void Kernel::hang_up(int descriptor) {
  at(descriptor).ended = true;
  queue_if_ready(descriptor);
}

std::uint32_t Kernel::events_of(const Connection& connection) {
  const std::uint32_t input = connection.input ? std::uint32_t{EPOLLIN} : 0;
  const std::uint32_t end = connection.ended ? std::uint32_t{EPOLLIN | EPOLLRDHUP} : 0;
  return (input | end | EPOLLOUT) & connection.interest;
}

void Kernel::queue_if_ready(int descriptor) {
  Connection& connection = at(descriptor);
  if (connection.queued || events_of(connection) == 0) return;
  connection.queued = true;
  ready_.push_back(descriptor);
}

bool Kernel::busy() const {
  return !ready_.empty() || !to_accept_.empty() ||
         std::any_of(told_.begin(), told_.end(), [this](int told) { return events_of(at(told)) != 0; });
}

void Kernel::watch_listener(std::uint64_t data, bool wanted) {
  listener_data_ = wanted ? std::optional(data) : std::nullopt;
}

int Kernel::accept() {
  if (to_accept_.empty()) {
    errno = EAGAIN;
    return -1;
  }
  const int descriptor = to_accept_.front();
  to_accept_.pop_front();
  return descriptor;
}

void Kernel::watch(int descriptor, int operation, const epoll_event* event) {
  Connection& connection = at(descriptor);
  connection.interest = operation == EPOLL_CTL_DEL ? 0 : event->events;
  if (operation != EPOLL_CTL_DEL) connection.data = event->data.u64;
  queue_if_ready(descriptor);
}

int Kernel::ready(std::span<epoll_event> events) {
  for (const int descriptor : told_) queue_if_ready(descriptor);
  told_.clear();
  if (at_wait_ && ready_.empty() && to_accept_.empty()) {
    std::exchange(at_wait_, nullptr)();
    return 0;
  }
  std::size_t count = 0;
  if (listener_data_ && !to_accept_.empty()) {
    events[count].events = EPOLLIN;
    events[count++].data.u64 = *listener_data_;
  }
  while (count < events.size() && !ready_.empty()) {
    const int descriptor = ready_.front();
    ready_.pop_front();
    Connection& connection = at(descriptor);
    connection.queued = false;
    const std::uint32_t what = events_of(connection);
    if (what == 0) continue;
    events[count].events = what;
    events[count++].data.u64 = connection.data;
    told_.push_back(descriptor);
  }
  return static_cast<int>(count);
}

void Kernel::drop_input(Connection& connection) {
  if (connection.input == 0) return;
  inputs_[connection.input - 1].clear();
  free_inputs_.push_back(std::exchange(connection.input, 0));
}

long Kernel::receive(int descriptor, char* out, std::size_t bytes) {
  Connection& connection = at(descriptor);
  if (connection.input == 0) {
    if (connection.ended) return 0;
    errno = EAGAIN;
    return -1;
  }
  std::string& input = inputs_[connection.input - 1];
  const std::size_t got = std::min(bytes, input.size());
  std::copy_n(input.data(), got, out);
  input.erase(0, got);
  if (input.empty()) drop_input(connection);
  return static_cast<long>(got);
}

long Kernel::send(int descriptor, std::string_view bytes) {
  sent_.push_back({descriptor, static_cast<std::uint32_t>(bytes.size())});
  sent_bytes_.append(bytes);
  return static_cast<long>(bytes.size());
}

// These clients close as soon as the server shuts down its side.
void Kernel::shut_down(int descriptor) {
  hang_up(descriptor);
}

void Kernel::close(int descriptor) {
  Connection& connection = at(descriptor);
  drop_input(connection);
  connection.interest = 0;
  connection.ended = true;
  free_.push_back(descriptor);
}

}  // namespace rollcall::sham
