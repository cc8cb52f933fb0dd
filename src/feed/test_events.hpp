// Server-sent events as those who read them see them, for the tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::feed::test {

struct Event {
  std::string name, id, data;
  bool operator==(const Event&) const = default;
};

// Takes all complete blocks from the front of `bytes`; comments and `retry` are events of that name.
inline std::vector<Event> take_events(std::string& bytes) {
  std::vector<Event> events;
  for (std::size_t end; (end = bytes.find("\n\n")) != std::string::npos; bytes.erase(0, end + 2)) {
    Event event;
    for (std::string_view rest = std::string_view(bytes).substr(0, end + 1); !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      const std::size_t colon = line.find(": ");
      const std::string_view field = line.substr(0, colon), value = line.substr(colon + 2);
      if (field == "event") event.name = value;
      if (field == "id") event.id = value;
      if (field == "data") event.data = value;
      if (field == "" || field == "retry")
        event = {std::string(field.empty() ? "comment" : field), {}, std::string(value)};
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace rollcall::feed::test
