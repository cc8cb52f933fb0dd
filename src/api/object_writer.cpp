#include "api/object_writer.hpp"

#include <charconv>

#include "base/iso8601.hpp"
#include "base/json.hpp"

namespace rollcall::api {
namespace {

void put_digits(char* end, unsigned value, int digits) {
  for (int i = 1; i <= digits; ++i, value /= 10) end[-i] = static_cast<char>('0' + value % 10);
}

}  // namespace

void append_time(std::string& out, WallTime time) {
  const std::chrono::sys_time<milliseconds> point{time.time_since_epoch()};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const int year = static_cast<int>(date.year());
  if (year < 0 || year > 9999) {
    out += '"';
    out += base::iso8601(time);
    out += '"';
    return;
  }
  const auto in_day = static_cast<unsigned>((point - day).count());
  char text[] = "\"0000-00-00T00:00:00.000Z\"";
  put_digits(text + 5, static_cast<unsigned>(year), 4);
  put_digits(text + 8, static_cast<unsigned>(date.month()), 2);
  put_digits(text + 11, static_cast<unsigned>(date.day()), 2);
  put_digits(text + 14, in_day / 3'600'000, 2);
  put_digits(text + 17, in_day / 60'000 % 60, 2);
  put_digits(text + 20, in_day / 1000 % 60, 2);
  put_digits(text + 24, in_day % 1000, 3);
  out.append(text, sizeof text - 1);
}

std::string& ObjectWriter::key(std::string_view key) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += key;
  out_ += "\":";
  return out_;
}

ObjectWriter& ObjectWriter::raw(std::string_view name, std::string_view json) {
  key(name) += json;
  return *this;
}

ObjectWriter& ObjectWriter::text(std::string_view name, std::string_view value) {
  base::json::append_string(key(name), value);
  return *this;
}

ObjectWriter& ObjectWriter::text(std::string_view name, const std::optional<std::string>& value) {
  return value ? text(name, std::string_view(*value)) : raw(name, "null");
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

}  // namespace rollcall::api
