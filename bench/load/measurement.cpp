#include "load/measurement.hpp"

#include <algorithm>

namespace rollcall::load {
namespace {

constexpr double kBottleneck = 0.9;  // of a core: above this, the worker itself is the bottleneck

double us(double ns) {
  return ns / 1000;
}

const char* unit_of(const std::string& mode) {
  if (mode == "connect") return "connection";
  if (mode == "idle") return "ping";
  return mode == "fanout" || mode == "churn" ? "delivery" : "request";
}

JsonLine percentiles(const Histogram& histogram) {
  JsonLine line;
  line.add("count", histogram.count()).add("mean", us(histogram.mean()));
  for (const auto& [name, percent] :
       {std::pair{"p50", 50.0}, {"p90", 90.0}, {"p99", 99.0}, {"p99_9", 99.9}}) {
    line.add(name, us(static_cast<double>(histogram.percentile(percent))));
  }
  return line.add("max", us(static_cast<double>(histogram.max())));
}

JsonLine workload(const Options& options) {
  JsonLine line;
  line.add("connections", options.connections).add("window", options.window);
  if (options.per_user > 1) line.add("connections_per_user", options.per_user);
  if (options.mode == "fanout" || options.mode == "query") line.add("inflight", options.inflight);
  if (options.mode == "query" || options.mode == "heartbeat") {
    line.add("event", options.event).add("online", options.online);
    if (options.event == "check-users-status") line.add("ids", options.ids);
  }
  if (options.mode == "churn") line.add("users", options.users).add("abrupt", options.abrupt);
  if (options.rate > 0) line.add("rate", options.rate);
  return line;
}

double per(std::uint64_t what, std::uint64_t units) {
  return static_cast<double>(what) / static_cast<double>(units);
}

}  // namespace

bool Measurement::before(const std::vector<pid_t>& server) {
  const auto memory = memory_of(server);
  const auto cpu = cpu_ns(server);
  if (!memory || !cpu) return false;
  memory_before_ = *memory;
  server_before_ns_ = *cpu;
  return true;
}

void Measurement::ready(const std::vector<pid_t>& server) {
  memory_ready_ = memory_of(server).value_or(Memory{});
  server_ready_ns_ = cpu_ns(server).value_or(0);
}

Measurement::Sample Measurement::sample(const std::vector<pid_t>& server, const std::vector<pid_t>& workers,
                                        const Control& control) {
  Sample sample;
  sample.at_ns = now_ns();
  sample.server_ns = cpu_ns(server).value_or(0);
  for (const pid_t pid : workers) sample.workers_ns.push_back(cpu_ns(pid).value_or(0));
  for (std::size_t i = 0; i < kCounts; ++i) sample.counts[i] = control.total(static_cast<Count>(i));
  return sample;
}

void Measurement::begin(const std::vector<pid_t>& server, const std::vector<pid_t>& workers,
                        const Control& control) {
  begin_ = end_ = sample(server, workers, control);
}

void Measurement::end(const std::vector<pid_t>& server, const std::vector<pid_t>& workers,
                      const Control& control) {
  end_ = sample(server, workers, control);
  memory_end_ = memory_of(server).value_or(Memory{});
}

std::uint64_t Measurement::counted(Count count) const {
  const auto at = static_cast<std::size_t>(count);
  return end_.counts[at] - begin_.counts[at];
}

// All of the server's work, checked or not: changers hear of each other too.
std::uint64_t Measurement::units(const Options& options) const {
  const std::string unit = unit_of(options.mode);
  if (unit == "connection") return counted(Count::connects);
  if (unit == "ping") return counted(Count::pings);
  if (unit == "request") return counted(Count::requests);
  return counted(Count::deliveries) + counted(Count::others);
}

JsonLine Measurement::server(const Options& options) const {
  JsonLine line;
  if (options.pids.empty()) return line;
  const std::uint64_t cpu = end_.server_ns - begin_.server_ns;
  const std::uint64_t done = units(options);
  line.add("cpu_us_each", us(per(cpu, done))).add("each_per_cpu_second", 1e9 / per(cpu, done));
  line.add("cpu_s", static_cast<double>(cpu) / 1e9).add("cpu_share", per(cpu, end_.at_ns - begin_.at_ns));
  const std::uint64_t up =
      options.mode == "connect" ? 0 : std::uint64_t{options.connections} + options.online;
  line.add("rss_before", memory_before_.rss_bytes).add("rss_ready", memory_ready_.rss_bytes);
  line.add("rss_end", memory_end_.rss_bytes);
  if (up == 0) return line;
  const auto growth = [up](std::uint64_t before, std::uint64_t after) {
    return (static_cast<double>(after) - static_cast<double>(before)) / static_cast<double>(up);
  };
  line.add("ramp_cpu_us_per_connection", us(per(server_ready_ns_ - server_before_ns_, up)));
  line.add("rss_per_connection", growth(memory_before_.rss_bytes, memory_ready_.rss_bytes));
  return line.add("pss_per_connection", growth(memory_before_.pss_bytes, memory_ready_.pss_bytes));
}

JsonLine Measurement::own() const {
  JsonLine line;
  std::uint64_t sum = 0;
  double busiest = 0;
  for (std::size_t i = 0; i < std::min(begin_.workers_ns.size(), end_.workers_ns.size()); ++i) {
    const std::uint64_t cpu = end_.workers_ns[i] - begin_.workers_ns[i];
    sum += cpu;
    busiest = std::max(busiest, per(cpu, end_.at_ns - begin_.at_ns));
  }
  line.add("processes", begin_.workers_ns.size()).add("cpu_s", static_cast<double>(sum) / 1e9);
  return line.add("busiest_share", busiest).add("was_bottleneck", busiest > kBottleneck);
}

std::string Measurement::report(const Options& options, const Control& control) const {
  Histogram latency, whole;
  for (const Report& report : control.reports) {
    latency.merge(report.latency);
    whole.merge(report.whole);
  }
  const double seconds = static_cast<double>(end_.at_ns - begin_.at_ns) / 1e9;
  JsonLine line;
  line.add("mode", options.mode).add("ok", !control.has_failed());
  if (control.has_failed()) line.add("failure", control.failure);
  if (!options.label.empty()) line.add("label", options.label);
  line.add("dialect", options.dialect).add("workload", workload(options)).add("unit", unit_of(options.mode));
  if (end_.at_ns == begin_.at_ns) return line.text();  // it failed before anything was measured
  line.add("seconds", seconds).add("count", units(options));
  line.add("per_second", static_cast<double>(units(options)) / seconds);
  if (counted(Count::changes) > 0)
    line.add("changes", counted(Count::changes)).add("checked", counted(Count::deliveries));
  line.add("pings", counted(Count::pings)).add("received_bytes", counted(Count::received));
  if (!options.pids.empty()) line.add("server", server(options));
  if (latency.count() > 0) line.add("latency_us", percentiles(latency));
  if (whole.count() > 0) line.add("change_latency_us", percentiles(whole));
  return line.add("load", own()).text();
}

}  // namespace rollcall::load
