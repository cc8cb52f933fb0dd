#include "server/http/unfinished.hpp"

namespace rollcall::server {

Unfinished::Unfinished(UnfinishedList& list, Pipe& pipe) : list_(&list), pipe_(pipe) {
  list.list_.push_back(*this);
}

Unfinished::~Unfinished() {
  if (!list_) return;
  set(0);
  list_->list_.erase(list_->list_.iterator_to(*this));
}

void Unfinished::set(std::size_t bytes) {
  list_->add(bytes - bytes_);
  bytes_ = bytes;
}

UnfinishedList::~UnfinishedList() {
  list_.clear_and_dispose([](Unfinished* left) { left->list_ = nullptr; });
}

Unfinished* UnfinishedList::victim() {
  return bytes_ > most_bytes_ && list_.size() > 1 ? &list_.front() : nullptr;
}

// Unsigned arithmetic: a negative difference wraps around twice.
void UnfinishedList::add(std::size_t bytes) {
  bytes_ += bytes;
  counters_.set(Count::unfinished, bytes_);
}

}  // namespace rollcall::server
