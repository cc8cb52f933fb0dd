#include "wire/object_writer.hpp"

#include <charconv>
#include <cstring>
#include <utility>

#include "base/assert.hpp"
#include "base/iso8601.hpp"
#include "base/json.hpp"

namespace rollcall::wire {
namespace {

constexpr std::size_t kMaxKeyBytes = 28;  // the protocol's are shorter

void put_digits(char* end, unsigned value, int digits) {
  for (int i = 1; i <= digits; ++i, value /= 10) end[-i] = static_cast<char>('0' + value % 10);
}

using Day = std::chrono::sys_days;

// `"2026-01-04T` of the day asked for last: nearly all times that are told are of today.
std::string_view date_text(Day day) {
  struct Known {
    Day day = Day::min();
    char text[12] = {};
  };
  thread_local Known known;
  if (known.day != day) {
    const std::chrono::year_month_day date{day};
    known.day = day;
    std::memcpy(known.text, "\"0000-00-00T", sizeof known.text);
    put_digits(known.text + 5, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_digits(known.text + 8, static_cast<unsigned>(date.month()), 2);
    put_digits(known.text + 11, static_cast<unsigned>(date.day()), 2);
  }
  return {known.text, sizeof known.text};
}

// What the date's text has room for.
constexpr Day kFirstDay = std::chrono::year{0} / 1 / 1;
constexpr Day kLastDay = std::chrono::year{9999} / 12 / 31;

}  // namespace

void append_time(std::string& out, WallTime time) {
  const std::chrono::sys_time<milliseconds> point{time.time_since_epoch()};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  if (day < kFirstDay || day > kLastDay) {
    out.append("\"").append(base::iso8601(time)).append("\"");
    return;
  }
  const auto in_day = static_cast<unsigned>((point - day).count());
  char text[] = "\"0000-00-00T00:00:00.000Z\"";
  const std::string_view date = date_text(day);
  std::memcpy(text, date.data(), date.size());
  put_digits(text + 14, in_day / 3'600'000, 2);
  put_digits(text + 17, in_day / 60'000 % 60, 2);
  put_digits(text + 20, in_day / 1000 % 60, 2);
  put_digits(text + 24, in_day % 1000, 3);
  out.append(text, sizeof text - 1);
}

std::string& ObjectWriter::key(std::string_view name) {
  ROLLCALL_ASSERT(name.size() <= kMaxKeyBytes);
  // One append instead of four.
  char text[kMaxKeyBytes + 4];
  char* end = text;
  if (!std::exchange(first_, false)) *end++ = ',';
  *end++ = '"';
  end += name.copy(end, kMaxKeyBytes);
  *end++ = '"';
  *end++ = ':';
  return out_.append(text, end);
}

ObjectWriter& ObjectWriter::raw(std::string_view name, std::string_view json) {
  key(name) += json;
  return *this;
}

ObjectWriter& ObjectWriter::text(std::string_view name, std::string_view value) {
  base::json::append_string(key(name), value);
  return *this;
}

ObjectWriter& ObjectWriter::text(std::string_view name, const std::optional<std::string_view>& value) {
  return value ? text(name, *value) : raw(name, "null");
}

ObjectWriter& ObjectWriter::time(std::string_view name, WallTime value) {
  append_time(key(name), value);
  return *this;
}

ObjectWriter& ObjectWriter::time(std::string_view name, const std::optional<WallTime>& value) {
  return value ? time(name, *value) : raw(name, "null");
}

ObjectWriter& ObjectWriter::number(std::string_view name, std::size_t value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  return raw(name, {digits, static_cast<std::size_t>(end - digits)});
}

ObjectWriter& ObjectWriter::settling(milliseconds left) {
  return left > milliseconds{0} ? number("settlingMs", static_cast<std::size_t>(left.count())) : *this;
}

}  // namespace rollcall::wire
