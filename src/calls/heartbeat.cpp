// heartbeat: the client is active, which every request says; the answer tells since when.
#include "calls/call.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class Heartbeat final : public Question {
 public:
  void look(const presence::View& view, const Surroundings& around) override {
    last_active_ = view.last_active(around.asker).value_or(around.now);
  }
  Result<std::string, Error> answer(WallTime now, std::string out) override {
    wire::ObjectWriter(out).time("timestamp", now).time("lastActive", last_active_);
    return out;
  }

 private:
  WallTime last_active_{};
};

Result<RequestPtr, Error> read_heartbeat(const wire::Fields& fields, const Limits&) {
  return RequestPtr(make<Heartbeat>(fields.memory));
}

}  // namespace

extern const Call kHeartbeat{
    .event = "heartbeat",
    .reply = "heartbeat-ack",
    .payload_optional = true,
    .read = read_heartbeat,
};

}  // namespace rollcall::calls
