// Figures in Prometheus' text format. A metric is begun with its name and what it means, then its values
// follow. The format itself is prometheus-cpp's. Not thread-safe.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/durations.hpp"

namespace rollcall::telemetry {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline constexpr const char* kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

class Exposition {
 public:
  // `help`: one line. Names and labels' names are literals.
  Exposition& counter(const char* name, const char* help);
  Exposition& gauge(const char* name, const char* help);
  Exposition& histogram(const char* name, const char* help);

  // Of the metric begun last.
  template <class Number>
  Exposition& value(Number number, Labels labels = {}) {
    return add(static_cast<double>(number), labels);
  }
  Exposition& value(microseconds time, Labels labels = {});  // in seconds
  Exposition& value(const base::Durations& durations, Labels labels = {});

  // Once.
  std::string text();

 private:
  Exposition& begin(prometheus::MetricType type, const char* name, const char* help);
  Exposition& add(double number, Labels labels);
  prometheus::ClientMetric& labelled(Labels labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace rollcall::telemetry
