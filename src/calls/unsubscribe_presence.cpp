// unsubscribe-presence: the client is no longer told of these users; the answer says how many it still
// watches.
#include "calls/batch.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class UnsubscribePresence final : public Request {
 public:
  explicit UnsubscribePresence(wire::UserIds user_ids) : user_ids_(std::move(user_ids)) {}

  Result<std::string, Error> answer(Caller& caller, WallTime now, std::string out) override {
    wire::ObjectWriter(out).number("count", caller.unwatch(user_ids_)).time("timestamp", now);
    return out;
  }
  std::size_t ids() const override { return user_ids_.size(); }

 private:
  wire::UserIds user_ids_;
};

}  // namespace

extern const Call kUnsubscribePresence{
    .event = "unsubscribe-presence",
    .reply = "presence-unsubscribed",
    .read = read_batch<UnsubscribePresence>,
};

}  // namespace rollcall::calls
