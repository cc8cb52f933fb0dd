// rollcall-million: a million people in one process, and what they cost as their number grows.
#include <CLI/CLI.hpp>
#include <iostream>

#include "million/steps.hpp"

namespace rollcall::million {
namespace {

constexpr std::size_t kSteps[] = {1000, 10'000, 100'000, 200'000, 400'000, 700'000, 1'000'000};

Config config() {
  Config config = sham::plain_config();
  config.presence.broadcast = "watchers";
  return config;
}

// A multiple of the distance that keeps changing people from watching each other.
std::size_t rounded(std::size_t people, const Plan& plan) {
  const std::size_t unit = plan.watched * 2;
  return std::max(unit, people / unit * unit);
}

bool run(const Plan& plan) {
  bool good = true;
  sham::Host host(config());
  Crowd crowd(host, plan.users, plan.watched);
  host.run([&] {
    Steps steps(crowd, plan);
    std::size_t last = 0;
    for (const std::size_t people : kSteps) {
      const std::size_t target = rounded(std::min(people, plan.users), plan);
      if (target > last && good) good = steps.step(target);
      last = std::max(last, target);
    }
    if (rounded(plan.users, plan) > last && good) good = steps.step(rounded(plan.users, plan));
  });
  return good;
}

}  // namespace
}  // namespace rollcall::million

int main(int argc, char** argv) {
  rollcall::million::Plan plan;
  CLI::App app(
      "A million people in one process, through all of rollcall but the kernel's sockets. One JSON line a "
      "step.");
  app.add_option("--users", plan.users, "People in the end")
      ->capture_default_str()
      ->check(CLI::Range(1000, 10'000'000));
  app.add_option("--watched", plan.watched, "People whom each watches")
      ->capture_default_str()
      ->check(CLI::Range(1, 50));
  app.add_option("--changes", plan.changes_per_second, "A second, with all together")->capture_default_str();
  app.add_option("--queries", plan.queries_per_second, "A second, with all together")->capture_default_str();
  app.add_option("--seconds", plan.seconds, "Simulated, of all together")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
  CLI11_PARSE(app, argc, argv);
  return rollcall::million::run(plan) ? 0 : 1;
}
