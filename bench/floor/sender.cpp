#include "floor/sender.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "floor/merging.hpp"

namespace rollcall::floor {
namespace {

class PlainSender : public Sender {
 public:
  using Sender::Sender;
  void queue(Connection& connection, std::string_view bytes, bool) override {
    if (!defer(connection, bytes)) send_now(connection, bytes);
  }
};

class MergedSender : public Sender {
 public:
  using Sender::Sender;
  void queue(Connection& connection, std::string_view bytes, bool) override {
    if (!defer(connection, bytes)) merging_.add(connection, bytes);
  }
  void flush() override {
    merging_.each([this](Connection& connection) { send_now(connection, connection.out); });
    merging_.clear();
  }
  void forget(Connection& connection) override { merging_.forget(connection); }

 private:
  Merging merging_;
};

}  // namespace

bool Sender::defer(Connection& connection, std::string_view bytes) {
  if (connection.late.empty()) return false;
  connection.late.append(bytes);
  return true;
}

void Sender::send_now(Connection& connection, std::string_view bytes) {
  const long result = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (result != static_cast<long>(bytes.size())) sent(connection, bytes, result < 0 ? -errno : result);
}

// Keeps nothing for a broken connection: reading from it will report the loss.
void Sender::sent(Connection& connection, std::string_view bytes, long result) {
  if (result < 0 && result != -EAGAIN) return;
  bytes.remove_prefix(result > 0 ? static_cast<std::size_t>(result) : 0);
  if (bytes.empty()) return;
  connection.late.append(bytes);
  late_(connection);
}

void Sender::retry(Connection& connection) {
  std::string bytes;
  bytes.swap(connection.late);
  if (!bytes.empty()) send_now(connection, bytes);
}

std::unique_ptr<Sender> make_sender(const std::string& name, Sender::Late late) {
  if (name == "send") return std::make_unique<PlainSender>(std::move(late));
  if (name == "merged") return std::make_unique<MergedSender>(std::move(late));
  return make_ring_sender(name == "ring-merged", std::move(late));
}

}  // namespace rollcall::floor
