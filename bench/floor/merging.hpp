// Merges the frames of a turn per connection.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "floor/connection.hpp"

namespace rollcall::floor {

class Merging {
 public:
  void add(Connection& connection, std::string_view bytes) {
    if (connection.out.empty()) {
      dirty_.push_back(&connection);
      if (!spare_.empty()) {
        connection.out.swap(spare_.back());
        spare_.pop_back();
      }
    }
    connection.out.append(bytes);
  }

  template <typename Send>
  void each(Send send) {
    for (Connection* connection : dirty_) send(*connection);
  }

  // Buffers are reused by the next connection: idle connections have none.
  void clear() {
    for (Connection* connection : dirty_) {
      connection->out.clear();
      spare_.emplace_back().swap(connection->out);
    }
    dirty_.clear();
  }

  void forget(Connection& connection) {
    if (connection.out.empty()) return;
    connection.out.clear();
    std::erase(dirty_, &connection);
  }

 private:
  std::vector<Connection*> dirty_;
  std::vector<std::string> spare_;
};

}  // namespace rollcall::floor
