// The part of Pipe that accounts for incomplete requests and messages (unfinished.hpp).
#include "server/http/answers.hpp"
#include "server/http/pipe.hpp"

namespace rollcall::server {
namespace {
constexpr std::uint16_t kTryAgainLater = 1013;
}  // namespace

// After each read.
void Pipe::count_unfinished() {
  if (partial_) {
    const bool known = session_ && session_->known();
    count_unfinished(partial_->unfinished,
                     known ? 0 : sizeof(PartialMessage) + partial_->decoder.buffered_bytes());
  } else if (http_ && !websocket_ && !handed_over_) {
    count_unfinished(http_->unfinished, unfinished_request_bytes());
  }
}

// May close this or other pipes' connections.
void Pipe::count_unfinished(std::unique_ptr<Unfinished>& mine, std::size_t bytes) {
  if (bytes == 0) {
    mine.reset();
    return;
  }
  if (!mine) mine = std::make_unique<Unfinished>(context_.unfinished, *this);
  mine->set(bytes);
  while (Unfinished* victim = context_.unfinished.victim()) victim->pipe().give_up_unfinished();
}

std::size_t Pipe::unfinished_request_bytes() const {
  const http::RequestParser& parser = http_->parser;
  if (parser.idle() && http_->held.empty()) return 0;
  if (vouched()) return 0;
  return parser.buffered_bytes() + http_->head_bytes.capacity() + http_->held.capacity();
}

void Pipe::forget_unfinished() {
  if (http_) http_->unfinished.reset();
  if (partial_) partial_->unfinished.reset();
}

// With an answer, unless an earlier request still awaits one.
void Pipe::give_up_unfinished() {
  forget_unfinished();
  if (!closing_) {
    context_.counters.add(Count::unfinished_dropped);
    context_.port.pipe_lost(*this, PipeLoss::gone);
    if (websocket_) {
      close_websocket(kTryAgainLater);
    } else if (http_->answer_due) {
      connection_.abort();
    } else {
      respond(busy_response(
          503, "The server waits for too much that others have begun to send: come back later.\n"));
    }
  }
  partial_.reset();
  if (!http_) return;
  http_->parser = http::RequestParser({context_.settings.header_bytes, context_.routes.body_bytes});
  http_->head_bytes = std::string();
  http_->held = std::string();
}

}  // namespace rollcall::server
