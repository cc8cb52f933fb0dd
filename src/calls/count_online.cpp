// How many users are online, for backends.
#include "calls/call.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class CountOnline final : public Question {
 public:
  void look(const presence::View& view, const Surroundings&) override { count_ = view.online_count(); }
  Result<std::string, Error> answer(WallTime now, std::string out) override {
    wire::ObjectWriter(out).number("count", count_).time("timestamp", now);
    return out;
  }

 private:
  std::size_t count_ = 0;
};

Result<QuestionPtr, Error> read_count_route(const HttpInput&, const Limits&) {
  return QuestionPtr(make<CountOnline>(std::pmr::get_default_resource()));
}

}  // namespace

extern const Call kCountOnline{
    .route = {"GET", "/api/v1/presence/count", Scope::read, "count"},
    .read_http = read_count_route,
};

}  // namespace rollcall::calls
