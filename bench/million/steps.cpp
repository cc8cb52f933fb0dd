#include "million/steps.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

namespace rollcall::million {
namespace {

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t heap_bytes() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double share(std::size_t bytes_now, std::size_t bytes_before, std::size_t people) {
  return (static_cast<double>(bytes_now) - static_cast<double>(bytes_before)) / static_cast<double>(people);
}

}  // namespace

Steps::Steps(Crowd& crowd, const Plan& plan)
    : crowd_(crowd), plan_(plan), rss_at_start_(resident_bytes()), heap_at_start_(heap_bytes()) {}

template <typename Work>
double Steps::each(std::size_t count, Work&& work) {
  const double before = crowd_.server_seconds();
  work();
  return (crowd_.server_seconds() - before) * 1e6 / static_cast<double>(count);
}

void Steps::expect(const char* what, std::uint64_t got, std::uint64_t wanted) {
  if (got == wanted || !failure_.empty()) return;
  failure_ = std::string(what) + ": " + std::to_string(got) + " instead of " + std::to_string(wanted);
}

void Steps::grow(load::JsonLine& line, std::size_t people) {
  const std::size_t before = crowd_.size();
  const std::size_t added = people - before;
  const std::size_t rss = resident_bytes();
  const Totals totals = crowd_.totals();
  const double connect_us = each(added, [&] { crowd_.grow_to(people); });
  const std::size_t rss_connected = resident_bytes();
  const double watch_us = each(added, [&] { crowd_.watch(before, people); });
  expect("greetings", crowd_.totals().greetings - totals.greetings, added);
  expect("subscriptions", crowd_.totals().answers - totals.answers, added);
  line.add("rss_bytes", resident_bytes())
      .add("rss_per_user", share(resident_bytes(), rss_at_start_, people))
      .add("heap_per_user", share(heap_bytes(), heap_at_start_, people))
      .add("rss_per_user_connected", share(rss_connected, rss, added))
      .add("rss_per_user_watching", share(resident_bytes(), rss_connected, added))
      .add("connect_us", connect_us)
      .add("watch_us", watch_us);
}

// Two intervals, for people who came late in the first; the second is measured.
void Steps::heartbeats(load::JsonLine& line) {
  crowd_.pass(kPingInterval);
  const Totals before = crowd_.totals();
  const double us = each(crowd_.size(), [&] { crowd_.pass(kPingInterval); });
  expect("pings", crowd_.totals().pings - before.pings, crowd_.size());
  line.add("ping_and_pong_us", us);
}

void Steps::changes(load::JsonLine& line) {
  const std::size_t rounds = 20;
  const std::size_t count = std::min<std::size_t>(crowd_.changers(), 500);
  const Totals before = crowd_.totals();
  double leave_us = 0;
  double return_us = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    leave_us += each(count * rounds, [&] { crowd_.leave(count); });
    return_us += each(count * rounds, [&] { crowd_.come_back(); });
  }
  expect("changes told", crowd_.totals().changes - before.changes, 2 * rounds * count * plan_.watched);
  line.add("leave_us", leave_us).add("return_us", return_us);
}

void Steps::queries(load::JsonLine& line) {
  constexpr std::size_t kQueries = 100'000;
  constexpr std::size_t kLists = 2'000;
  const Totals before = crowd_.totals();
  line.add("query_us", each(kQueries, [&] { crowd_.ask(kQueries); }));
  line.add("list_of_100_us", each(kLists, [&] { crowd_.ask_lists(kLists); }));
  expect("answers", crowd_.totals().answers - before.answers, kQueries + kLists);
}

// The planned load per second, in slices of 10 ms, while everybody sends heartbeats. People who come back do
// not watch again: that would be additional load.
void Steps::all_together(load::JsonLine& line) {
  constexpr std::size_t kSlices = 100;  // per second
  const std::size_t pairs =
      std::max<std::size_t>(1, std::min(plan_.changes_per_second / 2 / kSlices, crowd_.changers()));
  const Totals before = crowd_.totals();
  const double us = each(plan_.seconds, [&] {
    for (std::size_t slice = 0; slice < plan_.seconds * kSlices; ++slice) {
      crowd_.leave(pairs);
      crowd_.ask(plan_.queries_per_second / kSlices);
      crowd_.come_back();
      crowd_.pass(milliseconds(1000 / kSlices));
    }
  });
  const Totals& after = crowd_.totals();
  expect("changes told", after.changes - before.changes, 2 * pairs * plan_.seconds * kSlices * plan_.watched);
  line.add("changes_per_second", 2 * pairs * kSlices)
      .add("pings_per_second", (after.pings - before.pings) / plan_.seconds)
      .add("all_together_cpu_share", us / 1e6);
}

bool Steps::step(std::size_t people) {
  load::JsonLine line;
  line.add("users", people);
  grow(line, people);
  heartbeats(line);
  changes(line);
  queries(line);
  all_together(line);
  expect("faults", crowd_.totals().faults, 0);
  line.add("ok", failure_.empty());
  if (!failure_.empty()) line.add("failure", failure_);
  std::puts(line.text().c_str());
  std::fflush(stdout);
  return failure_.empty();
}

}  // namespace rollcall::million
