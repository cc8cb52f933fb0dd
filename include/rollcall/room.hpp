// What a room is: a kind and a name. Rooms of different kinds are different rooms, whatever their names, so
// a user whose id equals somebody's socket id, or a room of the application's, gets nothing of theirs.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

enum class RoomKind : char {
  application = 'a',  // what handlers `join` by a plain name
  user = 'u',         // all connections of a user; the name is the user's id
  watchers = 'w',     // who watches a user; the name is the user's id
  socket = 's',       // one socket, by its id: it cannot be joined or left
};

// Views its name: it is valid for as long as that is. Keep a RoomKey for later.
struct Room {
  RoomKind kind = RoomKind::application;
  std::string_view name;

  static Room application(std::string_view name) { return {RoomKind::application, name}; }
  static Room user(std::string_view user_id) { return {RoomKind::user, user_id}; }
  static Room watchers(std::string_view user_id) { return {RoomKind::watchers, user_id}; }
  static Room socket(std::string_view socket_id) { return {RoomKind::socket, socket_id}; }

  friend bool operator==(const Room&, const Room&) = default;
};

// A room that is kept: its name behind a byte for its kind, in one string.
class RoomKey {
 public:
  RoomKey(Room room) {
    text_.reserve(1 + room.name.size());
    text_ += static_cast<char>(room.kind);
    text_ += room.name;
  }

  RoomKind kind() const { return static_cast<RoomKind>(text_[0]); }
  std::string_view name() const { return std::string_view(text_).substr(1); }
  operator Room() const { return {kind(), name()}; }
  const std::string& text() const { return text_; }
  // `text` is that of a key.
  static Room read(std::string_view text) { return {static_cast<RoomKind>(text[0]), text.substr(1)}; }

  friend bool operator==(const RoomKey&, const RoomKey&) = default;
  friend bool operator==(const RoomKey& key, Room room) { return Room(key) == room; }

 private:
  std::string text_;
};

}  // namespace rollcall
