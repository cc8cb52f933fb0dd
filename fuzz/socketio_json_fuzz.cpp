// The scanner against Boost.JSON: both take the same texts, but for what only Boost refuses (lone
// surrogates, exponents that no double has); strings decode alike; placeholders are judged alike.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "socketio/placeholders.hpp"

using namespace rollcall::base;
using rollcall::socketio::placeholders_fit;
namespace json = rollcall::base::json;

namespace {

constexpr std::size_t kAttachments = 3;

void require(bool condition) {
  if (!condition) std::abort();
}

json::value parse(std::string_view text, boost::json::error_code& error) {
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  options.allow_invalid_utf8 = true;
  return boost::json::parse({text.data(), text.size()}, error, {}, options);
}

std::string without_surrogates(std::string_view text) {
  std::string plain(text);
  for (std::size_t i = 0; i + 3 < plain.size(); ++i) {
    if (plain[i] != '\\') continue;
    ++i;
    if (plain[i] == 'u' && (plain[i + 1] | 0x20) == 'd') plain[i + 1] = '0';
  }
  return plain;
}

bool only_boost_refuses(std::string_view text) {
  boost::json::error_code error;
  (void)parse(without_surrogates(text), error);
  return !error || error == boost::json::error::exponent_overflow;
}

// What is to be said of the placeholders. `unsure`: of a number that is no integer, whose last digit
// Boost may round otherwise.
struct Judgement {
  bool fit = true;
  bool unsure = false;
  std::size_t members = 0;
};

void judge(const json::value& value, Judgement& judgement) {
  if (value.is_array()) {
    for (const json::value& element : value.get_array()) judge(element, judgement);
  }
  if (!value.is_object()) return;
  const json::object& object = value.get_object();
  judgement.members += object.size();
  for (const auto& member : object) judge(member.value(), judgement);
  const json::value* mark = object.if_contains("_placeholder");
  if (!mark || !mark->is_bool() || !mark->get_bool()) return;
  const json::value* number = object.if_contains("num");
  if (number && number->is_double()) {
    judgement.unsure = true;
  } else if (!number || !number->is_int64() || number->get_int64() < 0 ||
             number->get_int64() >= static_cast<std::int64_t>(kAttachments)) {
    judgement.fit = false;
  }
}

std::size_t keys_in(std::string_view text) {
  std::size_t keys = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && text[i] == ':')
      ++keys;
  }
  return keys;
}

void compare(std::string_view text, const json::value& value) {
  Judgement judgement;
  judge(value, judgement);
  // Of a key that comes twice Boost keeps one value, while the scanner sees both.
  const bool repeated = judgement.members != keys_in(text);
  if (!judgement.unsure && !repeated) require(placeholders_fit(text, kAttachments) == judgement.fit);
  std::vector<std::string_view> elements;
  require(scan_array(text, elements) == value.is_array());
  require(scan_object(text) == value.is_object());
  if (!value.is_array()) return;
  require(elements.size() == value.get_array().size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const json::value& element = value.get_array()[i];
    if (!element.is_string()) continue;
    const std::string decoded = decode_string(elements[i]);
    require(element.get_string() == boost::json::string_view(decoded.data(), decoded.size()));
  }
}

// Whatever a text is, its parts are parts of it.
void check_parts(std::string_view text) {
  std::vector<std::string_view> elements;
  const bool array = scan_array(text, elements);
  const auto parts = split_array(text);
  require(parts.has_value() == array);
  if (!array) return;
  require(parts->first.empty() == elements.empty());
  require(parts->rest.empty() == (elements.size() < 2));
  if (!elements.empty()) require(parts->first == elements.front());
  for (const std::string_view element : elements) {
    require(element.data() >= text.data() && element.data() + element.size() <= text.data() + text.size());
    require(scan_value(element, 0) == element.size());
    if (element[0] == '"') (void)decode_string(element);
  }
  if (elements.size() > 1) require(parts->rest.data() == elements[1].data());
  (void)placeholders_fit(text, kAttachments);
}

// Its members are parts of an object, and it is one exactly if there is no fault, which lies inside.
void check_members(std::string_view text) {
  const auto fault = scan_members(text, [&](std::string_view name, std::string_view value) {
    require(name.data() >= text.data() && value.data() + value.size() <= text.data() + text.size());
    require(name.front() == '"' && scan_value(name, 0) == name.size());
    require(scan_value(value, 0) == value.size());
    (void)decode_string(name);
  });
  require(scan_object(text) == !fault.has_value());
  if (fault) require(fault->at <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_parts(text);
  check_members(text);
  const auto end = scan_value(text, 0);
  const bool scanned = end && text.find_first_not_of(" \t\n\r", *end) == std::string_view::npos;

  boost::json::error_code error;
  const json::value value = parse(text, error);
  if (!error) {
    require(scanned);
    compare(text, value);
  } else if (scanned) {
    require(only_boost_refuses(text));
  }
  return 0;
}
