#include "load/options.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>

#include "load/control.hpp"

namespace rollcall::load {
namespace {

constexpr int kExitBadArguments = 2;

constexpr const char* kAbout =
    "rollcall-load puts a load on a presence server, checks every answer, and measures the server's CPU\n"
    "and memory meanwhile. One line of JSON on stdout; progress on stderr if that is a terminal.\n"
    "rollcall-load MODE --help has the options of each mode.";

constexpr const char* kFooter = R"(Examples, with S for the server's process id and JWT_SECRET set for both:
  rollcall-load connect -n 5000 --window 1 --pid S
  rollcall-load idle -n 10000 --seconds 60 --pid S          broadcast "watchers", or the ramp is N^2/2 deliveries
  rollcall-load fanout -n 10000 --pid S                     one change at a time
  rollcall-load fanout -n 5000 --inflight 500 --pid S       many
  rollcall-load query -n 100 --inflight 8 --pid S           wants limits.events_per_second = 0
  rollcall-load query -n 10 --event get-online-users --online 900 --pid S
  rollcall-load heartbeat -n 1000 --rate 5000 --pid S
  rollcall-load churn -n 50 --users 500 --rate 200
  rollcall-load fanout -n 10000 --dialect floor --target 127.0.0.1:3001 --pid F     against rollcall-floor

Exit status: 0; 1 if anything was missing, doubled or wrong, or the server could not be reached: the line
says "ok":false and what the failure was; 2 for a mistake on the command line.)";

constexpr std::array<const char*, 3> kEvents = {"check-user-status", "check-users-status",
                                                "get-online-users"};

// A range that only the error message spells out, not the help text.
template <typename Number>
CLI::Validator in(Number low, Number high) {
  return CLI::Range(low, high).description("");
}

std::string check_target(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string host = text.substr(0, colon);
  in_addr ignored{};
  unsigned port = 0;
  if (colon != std::string::npos) std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  const bool good = port > 0 && port < 65536 && inet_pton(AF_INET, host.c_str(), &ignored) == 1;
  return good ? "" : "must be an IPv4 address and a port, like 127.0.0.1:3000";
}

class Parser {
 public:
  Parser() : app_(kAbout, "rollcall-load") {
    app_.set_help_flag("-h,--help", "Print this help and exit");
    app_.require_subcommand(1);
    app_.footer(kFooter);
    app_.get_formatter()->column_width(34);
    add_connect();
    add_idle();
    add_fanout();
    add_query();
    add_heartbeat();
    add_churn();
  }

  std::variant<Options, int> parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
      const CLI::App& mode = *app_.get_subcommands().front();
      options_.mode = mode.get_name();
      finish(mode);
    } catch (const CLI::ParseError& error) {
      return app_.exit(error) == 0 ? 0 : kExitBadArguments;
    }
    return options_;
  }

 private:
  CLI::App& add_mode(const char* name, const char* about, const char* connections) {
    CLI::App& mode = *app_.add_subcommand(name, about);
    mode.add_option("-n,--connections", options_.connections, connections)
        ->check(in(1, 1'000'000))
        ->capture_default_str();
    add_server(mode);
    add_how(mode);
    return mode;
  }

  void add_server(CLI::App& mode) {
    const auto option = [&mode](const char* name, auto& value, const char* about) {
      return mode.add_option(name, value, about)->group("The server")->capture_default_str();
    };
    option("--target", options_.target, "Where it listens")->check(check_target)->type_name("ADDRESS:PORT");
    option("--path", options_.path, "Its Engine.IO path");
    option("--namespace", options_.nsp, "The Socket.IO namespace");
    option("--secret", options_.secret,
           "What signs the HS256 tokens; JWT_SECRET of the environment unless given");
    option("--token-in", options_.token_in, "Where the token travels: the CONNECT's auth, or the query")
        ->check(CLI::IsMember({"auth", "query"}));
    option("--dialect", options_.dialect, "floor: it is a bare loop, which knows neither users nor events")
        ->check(CLI::IsMember({"rollcall", "floor"}));
    mode.add_flag_callback(
            "--no-greeting", [this] { options_.greeting = false; },
            "It sends no `connected` event: don't wait for one")
        ->group("The server");
    mode.add_option("--pid", options_.pids, "Its process: CPU and memory are measured. Several are added up")
        ->group("The server");
  }

  void add_how(CLI::App& mode) {
    const auto option = [&mode](const char* name, auto& value, const char* about) {
      return mode.add_option(name, value, about)->group("How")->capture_default_str();
    };
    option("--window", options_.window, "How many connections may be coming up at a time")
        ->check(in(1, 100'000));
    option("--sources", options_.sources, "How many addresses 127.0.0.x to connect from")->check(in(1, 250));
    option("--processes", options_.processes, "How many workers; 0: one, or as many as descriptors need")
        ->check(in(0U, kMaxProcesses));
    mode.add_option("--cpu", options_.cpus, "The cores to run on, like 1 or 0,1; any unless given")
        ->group("How")
        ->delimiter(',')
        ->check(in(0, 1023));
    option("--seconds", options_.seconds, "How long to measure at most")->check(in(0.1, 86400.0));
    option("--warmup", options_.warmup, "How long to run before measuring")->check(in(0.0, 3600.0));
    option("--patience", options_.patience, "After how many silent seconds what is due counts as missing")
        ->check(in(0.1, 3600.0));
    option("--label", options_.label, "A text to find the run by, copied to the line of JSON");
  }

  void add_per_user(CLI::App& mode) {
    mode.add_option("--per-user", options_.per_user,
                    "Connections that share a user (100 is rollcall's limit)")
        ->check(in(1, 1'000'000));
  }

  void add_inflight(CLI::App& mode, const char* about) {
    mode.add_option("--inflight", options_.inflight, about)->check(in(1U, kMaxSlots))->capture_default_str();
  }

  void add_connect() {
    add_mode("connect", "Connections come up, say goodbye and go; measures the CPU of each",
             "How many in all; the run ends with the last, or after --seconds");
  }

  void add_idle() {
    add_per_user(add_mode("idle", "Connections that only answer pings; measures memory and the CPU of pings",
                          "How many are held"));
  }

  void add_fanout() {
    CLI::App& mode = add_mode("fanout", "Users come and go; every listener must be told once of each change",
                              "How many listeners");
    add_per_user(mode);
    add_inflight(mode, "How many changes are under way at a time");
  }

  void add_query() {
    CLI::App& mode = add_mode("query", "Requests with an acknowledgement; every answer is checked",
                              "How many connections ask");
    add_inflight(mode, "How many requests each connection has under way");
    mode.add_option("--event", options_.event, "What is asked")
        ->check(CLI::IsMember(kEvents))
        ->capture_default_str();
    mode.add_option("--ids", options_.ids, "How many ids a check-users-status has")
        ->check(in(1, 100'000))
        ->capture_default_str();
    add_asking(mode);
  }

  void add_heartbeat() {
    add_asking(add_mode("heartbeat", "`heartbeat` events with an acknowledgement, one at a time a connection",
                        "How many connections"));
  }

  void add_asking(CLI::App& mode) {
    mode.add_option("--online", options_.online, "How many idle users are online beside them")
        ->check(in(0, 1'000'000));
    mode.add_option("--rate", options_.rate, "Requests a second over all; 0: as fast as they are answered")
        ->check(in(0.0, 1e7));
    add_per_user(mode);
  }

  void add_churn() {
    CLI::App& mode =
        add_mode("churn", "Users come and go at a rate; watchers check that the last word is the truth",
                 "How many watchers");
    add_per_user(mode);
    mode.add_option("--users", options_.users, "How many users come and go")
        ->check(in(1U, kMaxSlots))
        ->capture_default_str();
    mode.add_option("--rate", options_.rate, "Comings and goings a second; 100 unless given")
        ->check(in(0.1, 1e6));
    mode.add_option("--abrupt", options_.abrupt, "The part of those who go without a goodbye")
        ->check(in(0.0, 1.0))
        ->capture_default_str();
    mode.add_option("--grace-ms", options_.grace_ms, "The server's presence.offline_grace_ms")
        ->capture_default_str();
  }

  // Defaults that depend on the mode, and checks of several options together.
  void finish(const CLI::App& mode) {
    const auto given = [&mode](const char* name) { return mode.get_option(name)->count() > 0; };
    const std::string& name = options_.mode;
    // Not with CLI11's envname: each mode has this option, and an unused mode's would set it for all.
    if (const char* secret = std::getenv("JWT_SECRET"); secret != nullptr && !given("--secret")) {
      options_.secret = secret;
    }
    if (options_.secret.empty() && !options_.floor()) {
      throw CLI::ValidationError("--secret", "is needed to sign tokens: give it, or set JWT_SECRET");
    }
    if (options_.floor() && name == "churn") {
      throw CLI::ValidationError("--dialect", "a bare loop knows no users that could come and go");
    }
    if (options_.secret.empty()) options_.secret = "the floor does not look at tokens, however long";
    if (name == "heartbeat") options_.event = "heartbeat";
    if (name == "churn" && !given("--rate")) options_.rate = 100;
    if (name == "connect") options_.seconds = given("--seconds") ? options_.seconds : 3600;
    if (name == "connect" || (name == "idle" && !given("--warmup"))) options_.warmup = 0;
    if (name == "idle" && !given("--seconds")) options_.seconds = 30;
    if (name == "fanout" && !given("--per-user")) options_.per_user = 100;
    const std::size_t colon = options_.target.rfind(':');
    options_.host = options_.target.substr(0, colon);
    options_.port = static_cast<std::uint16_t>(std::stoul(options_.target.substr(colon + 1)));
    options_.salt = std::to_string(100'000 + static_cast<unsigned>(getpid()) % 900'000);
  }

  CLI::App app_;
  Options options_;
};

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
  return Parser().parse(argc, argv);
}

}  // namespace rollcall::load
