#include "base/json_scan.hpp"

#include "base/json_text.hpp"

namespace rollcall::base {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t from) : text_(text), at_(from) {}

  std::size_t at() const { return at_; }
  bool too_deep() const { return too_deep_; }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool value(std::size_t depth) {
    skip_space();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return enter(depth) && object(depth + 1, [](std::string_view, std::string_view) {});
      case '[':
        return enter(depth) && array(depth + 1, [](std::string_view) {});
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  template <class OnElement>
  bool array(std::size_t depth, OnElement on_element) {
    if (!take('[')) return false;
    skip_space();
    if (take(']')) return true;
    do {
      skip_space();
      const std::size_t begin = at_;
      if (!value(depth)) return false;
      on_element(text_.substr(begin, at_ - begin));
      skip_space();
    } while (take(','));
    return take(']');
  }

  // `text_` is one array and nothing else.
  template <class OnElement>
  bool only_array(OnElement on_element) {
    skip_space();
    if (!array(1, on_element)) return false;
    skip_space();
    return at_ == text_.size();
  }

  template <class OnMember>
  bool only_object(OnMember on_member) {
    skip_space();
    if (!object(1, on_member)) return false;
    skip_space();
    return at_ == text_.size();
  }

 private:
  bool enter(std::size_t depth) {
    too_deep_ = depth >= kMaxJsonDepth;
    return !too_deep_;
  }

  template <class OnMember>
  bool object(std::size_t depth, OnMember on_member) {
    if (!take('{')) return false;
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      const std::size_t name = at_;
      if (!string()) return false;
      const std::size_t name_end = at_;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      const std::size_t begin = at_;
      if (!value(depth)) return false;
      on_member(text_.substr(name, name_end - name), text_.substr(begin, at_ - begin));
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }

  bool string() {
    if (!take('"')) return false;
    while (true) {
      at_ += plain_length<HighBytes::plain>(text_.substr(at_));
      if (at_ >= text_.size()) return false;
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (!escape()) return false;
    }
  }

  bool escape() {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (at_ >= text_.size() || !is_hex_digit(text_[at_++])) return false;
    }
    return true;
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_;
  bool too_deep_ = false;
};

}  // namespace

std::optional<std::size_t> scan_value(std::string_view text, std::size_t from) {
  Scanner scanner(text, from);
  if (!scanner.value(0)) return std::nullopt;
  return scanner.at();
}

bool scan_values(std::string_view text) {
  Scanner scanner(text, 0);
  do {
    if (!scanner.value(0)) return false;
    scanner.skip_space();
  } while (scanner.take(','));
  return scanner.at() == text.size();
}

std::optional<JsonFault> scan_members(std::string_view text,
                                      const std::function<void(std::string_view, std::string_view)>& use) {
  Scanner scanner(text, 0);
  if (scanner.only_object(use)) return std::nullopt;
  return JsonFault{scanner.at(), scanner.too_deep()};
}

bool scan_array(std::string_view text, std::vector<std::string_view>& elements) {
  return Scanner(text, 0).only_array([&](std::string_view element) { elements.push_back(element); });
}

std::optional<ArrayText> split_array(std::string_view text) {
  ArrayText parts;
  const char* second = nullptr;
  const char* end = nullptr;
  const auto on_element = [&](std::string_view element) {
    if (parts.first.empty()) {
      parts.first = element;
    } else if (!second) {
      second = element.data();
    }
    end = element.data() + element.size();
  };
  if (!Scanner(text, 0).only_array(on_element)) return std::nullopt;
  if (end) parts.all = {parts.first.data(), static_cast<std::size_t>(end - parts.first.data())};
  if (second) parts.rest = {second, static_cast<std::size_t>(end - second)};
  return parts;
}

bool scan_object(std::string_view text) {
  return Scanner(text, 0).only_object([](std::string_view, std::string_view) {});
}

}  // namespace rollcall::base
