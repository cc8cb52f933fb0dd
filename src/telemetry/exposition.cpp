#include "telemetry/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <limits>

namespace rollcall::telemetry {
namespace {

double in_seconds(microseconds time) {
  return static_cast<double>(time.count()) / 1e6;
}

}  // namespace

Exposition& Exposition::begin(prometheus::MetricType type, const char* name, const char* help) {
  families_.push_back({name, help, type, {}});
  return *this;
}

Exposition& Exposition::counter(const char* name, const char* help) {
  return begin(prometheus::MetricType::Counter, name, help);
}
Exposition& Exposition::gauge(const char* name, const char* help) {
  return begin(prometheus::MetricType::Gauge, name, help);
}
Exposition& Exposition::histogram(const char* name, const char* help) {
  return begin(prometheus::MetricType::Histogram, name, help);
}

prometheus::ClientMetric& Exposition::labelled(Labels labels) {
  prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
  for (const auto& [name, value] : labels) metric.label.push_back({std::string(name), std::string(value)});
  return metric;
}

Exposition& Exposition::add(double number, Labels labels) {
  prometheus::ClientMetric& metric = labelled(labels);
  if (families_.back().type == prometheus::MetricType::Counter) {
    metric.counter.value = number;
  } else {
    metric.gauge.value = number;
  }
  return *this;
}

Exposition& Exposition::value(microseconds time, Labels labels) {
  return add(in_seconds(time), labels);
}

Exposition& Exposition::value(const base::Durations& durations, Labels labels) {
  prometheus::ClientMetric::Histogram& histogram = labelled(labels).histogram;
  std::uint64_t up_to = 0;
  for (std::size_t i = 0; i < base::kDurationBounds.size(); ++i) {
    up_to += durations.counts[i];
    histogram.bucket.push_back({up_to, in_seconds(base::kDurationBounds[i])});
  }
  histogram.sample_count = up_to + durations.counts.back();
  histogram.sample_sum = in_seconds(durations.total);
  histogram.bucket.push_back({histogram.sample_count, std::numeric_limits<double>::infinity()});
  return *this;
}

std::string Exposition::text() {
  return prometheus::TextSerializer().Serialize(families_);
}

}  // namespace rollcall::telemetry
