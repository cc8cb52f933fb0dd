// refresh-token: a new token for the connection, before the one it came with ends.
#include "calls/call.hpp"
#include "wire/object_writer.hpp"

namespace rollcall::calls {
namespace {

using wire::Error;

class RefreshToken final : public Request {
 public:
  explicit RefreshToken(std::string token) : token_(std::move(token)) {}

  Result<std::string, Error> answer(Caller& caller, WallTime now, std::string out) override {
    const auto expires_at = caller.renew(token_);
    if (!expires_at) return fail(Error(expires_at.error()));
    wire::ObjectWriter(out).time("expiresAt", *expires_at).time("timestamp", now);
    return out;
  }

 private:
  std::string token_;
};

Result<RequestPtr, Error> read_refresh_token(const wire::Fields& fields, const Limits&) {
  const base::json::value* value = fields.find("token");
  if (!value || !value->is_string() || value->as_string().empty()) {
    return wire::invalid("token", "must be a non-empty string, got " + wire::described(value));
  }
  return RequestPtr(
      make<RefreshToken>(fields.memory, std::string(value->as_string().data(), value->as_string().size())));
}

}  // namespace

extern const Call kRefreshToken{
    .event = "refresh-token",
    .reply = "token-refreshed",
    .read = read_refresh_token,
};

}  // namespace rollcall::calls
