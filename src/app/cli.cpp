#include "app/cli.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/duration.hpp"
#include "base/utf8.hpp"

namespace rollcall::app {
namespace {

constexpr std::size_t kMaxClaimBytes = 256;

constexpr const char* kAbout =
    "rollcall tells socket.io clients which users are online.\n"
    "rollcall COMMAND --help has more about each command.";

constexpr const char* kFooter = R"(Examples:
  rollcall serve --dev                              try it out on this machine
  JWT_SECRET=... rollcall serve                     run it with the secret that signs your tokens
  rollcall serve --config /etc/rollcall/rollcall.toml --listen 127.0.0.1:8080
  JWT_SECRET=... rollcall token --sub user-123 --ttl 30m
  rollcall key --name billing --scopes read,emit    make a key for a backend service
  rollcall webhook test --config rollcall.toml      see whether webhooks arrive
  rollcall check-config /etc/rollcall/rollcall.toml --env-file /etc/rollcall/secrets.env

Configuration: a TOML file (config/rollcall.toml explains every setting), then the
environment, then flags; what comes later wins. Names of files in a file are relative to it.

Environment:
  ROLLCALL_<SECTION>_<KEY>  any setting: ROLLCALL_SERVER_LOG_LEVEL=debug. Lists have commas:
                            ROLLCALL_CORS_ORIGINS=https://a.example,https://b.example
  JWT_SECRET                short for ROLLCALL_AUTH_JWT_SECRET
  PORT                      the port of server.listen, for each of its addresses
  An empty value counts as unset. --env-file FILE reads them from a file, and wins.
  Not read by the server, but by your backends: ROLLCALL_API_KEY, ROLLCALL_API_URL.

Exit status: 0 success, or a server that was asked to stop and has drained;
  2 a mistake in the configuration or the command line, and all of them are named;
  1 anything else.)";

constexpr const char* kServeFooter =
    R"(Prints one line with the address once it is ready. SIGTERM and SIGINT drain it: clients
are sent elsewhere for up to server.drain_ms, then it exits with status 0.

SIGHUP reloads the configuration and the files that it names, if they are without a mistake.

--dev is for trying things out: without a key it makes a secret of its own and prints a
token signed with it. The next start has the same, unless with --fresh: they are kept in
$XDG_STATE_HOME/rollcall or ~/.local/state/rollcall. Never use it where others can reach the server.)";

constexpr const char* kTokenFooter =
    R"(Prints an HS256 token, signed with the server's secret: JWT_SECRET, or auth.jwt_secret of
the file. For trying out and for scripts; in production the service that knows your users
makes the tokens.

Example:
  JWT_SECRET=... rollcall token --sub user-123 --email ann@example.com --role admin --ttl 1h)";

constexpr const char* kCheckFooter =
    R"(Looks at the file, the environment and the keys as `serve` would. Prints every mistake
with its file, line and setting and exits with status 2; or prints "ok" and what is in
force, with secrets masked.

For the service of the Debian package, as its user, who must be able to read the files:
  sudo -u rollcall rollcall check-config /etc/rollcall/rollcall.toml --env-file /etc/rollcall/secrets.env)";

constexpr const char* kKeyFooter =
    R"(Prints a new key and its item for api.keys of the configuration. The server keeps only the
digest in that item: a lost key cannot be shown again, only replaced.

Example:
  rollcall key --name billing --scopes read,emit)";

constexpr const char* kWebhookFooter =
    R"(Sends one event of the type webhook.test, signed with webhooks.secret, to each receiver, and prints the
status of its answer, how long it took, and what to do if it failed. Status 0 if all accepted it.

Example:
  rollcall webhook test --config rollcall.toml --url http://localhost:8080/presence)";

std::string check_key_name(const std::string& text) {
  return calls::is_key_name(text) ? ""
                                  : "must be 1 to " + std::to_string(calls::kMaxKeyNameBytes) +
                                        " letters, digits, '.', '_' or '-'";
}

std::string check_scopes(const std::string& text) {
  return calls::parse_scopes(text, ',') ? "" : "must be read, emit or admin, joined by commas";
}

std::string check_claim(const std::string& text) {
  const bool good = !text.empty() && text.size() <= kMaxClaimBytes && base::is_utf8(text);
  return good ? "" : "must be 1 to " + std::to_string(kMaxClaimBytes) + " bytes of UTF-8";
}

std::string check_ttl(const std::string& text) {
  return parse_duration(text)
             ? ""
             : "must be a number of seconds, or like 45s, 30m, 1h or 7d, of at least 1 second";
}

// The variables that CLI11 parses into.
class CommandLine {
 public:
  CommandLine() : app_(kAbout, "rollcall") {
    app_.set_version_flag("--version", std::string("rollcall ") + ROLLCALL_VERSION);
    app_.set_help_flag("-h,--help", "Print this help and exit");
    app_.require_subcommand(1);
    app_.footer(kFooter);
    app_.get_formatter()->column_width(30);
    add_serve();
    add_token();
    add_check_config();
    add_key();
    add_webhook();
    describe_ = app_.add_subcommand("describe", "Print what the program knows by name, as JSON");
    describe_->group("");  // for the tests of the documents; hidden from --help
  }

  Command parse(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
    if (argc > 1 && is_unknown_command(argv[1])) {
      err << "There is no command " << argv[1] << "; there are serve, token, key, check-config and webhook.\n"
          << "Run with --help for more information.\n";
      return kExitBadConfig;
    }
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const bool mistake = app_.exit(error, out, err) != 0;
      if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError))
        err << "A configuration file is named by --config FILE.\n";
      return mistake ? kExitBadConfig : kExitOk;
    }
    if (serve_->parsed()) {
      for (const std::string& address : listen_) {
        serve_command_.listen = serve_command_.listen ? *serve_command_.listen + "," + address : address;
      }
      return serve_command_;
    }
    if (check_->parsed()) return check_command_;
    if (webhook_->parsed()) return webhook_command_;
    if (describe_->parsed()) return DescribeCommand{};
    if (key_->parsed()) {
      key_command_.scopes = *calls::parse_scopes(scopes_, ',');
      return key_command_;
    }
    token_command_.ttl = *parse_duration(ttl_);
    return token_command_;
  }

 private:
  // CLI11 would only say that a command is missing.
  bool is_unknown_command(std::string_view word) const {
    if (word.starts_with('-')) return false;
    const auto commands = app_.get_subcommands(nullptr);
    return std::none_of(commands.begin(), commands.end(),
                        [&](const CLI::App* command) { return command->get_name() == word; });
  }

  static CLI::Option* add_config(CLI::App& command, std::optional<std::string>& file,
                                 std::optional<std::string>& env_file) {
    command
        .add_option("--env-file", env_file,
                    "A file of environment variables, as systemd's EnvironmentFile=; with - in front only if "
                    "it can be read")
        ->type_name("FILE");
    return command.add_option("--config", file, "The TOML file to read; none unless given")
        ->type_name("FILE");
  }

  void add_serve() {
    serve_ = app_.add_subcommand("serve", "Run the server");
    serve_->footer(kServeFooter);
    CLI::Option* dev = serve_->add_flag("--dev", serve_command_.dev, "Development mode: works without a key");
    serve_->add_flag("--fresh", serve_command_.fresh, "With --dev: makes a new secret and API key")
        ->needs(dev);
    add_config(*serve_, serve_command_.config_file, serve_command_.env_file);
    serve_
        ->add_option("--listen", listen_,
                     "Where to listen, also several times; wins over server.listen and PORT")
        ->type_name("HOST:PORT")
        ->allow_extra_args(false);
  }

  void add_token() {
    Claims& claims = token_command_.claims;
    token_ = app_.add_subcommand("token", "Make a token that the server accepts");
    token_->footer(kTokenFooter);
    const auto claim = [this](const char* flag, auto& target, const char* about) {
      return token_->add_option(flag, target, about)->type_name("TEXT")->check(check_claim);
    };
    claim("--sub", claims.subject, "The user's id")->required()->type_name("ID");
    claim("--email", claims.email, "The user's e-mail address");
    claim("--role", claims.role, "The user's role");
    claim("--name", claims.name, "The user's name");
    token_->add_option("--ttl", ttl_, "How long it is good for: seconds, or 30m, 1h, 7d; 1h unless given")
        ->type_name("TIME")
        ->check(check_ttl);
    add_config(*token_, token_command_.config_file, token_command_.env_file);
  }

  void add_check_config() {
    check_ = app_.add_subcommand("check-config",
                                 "Name every mistake in the configuration, or show what is in force");
    check_->footer(kCheckFooter);
    CLI::Option* named = add_config(*check_, check_command_.config_file, check_command_.env_file);
    check_->add_option("FILE", check_command_.config_file, "The same as --config FILE")
        ->excludes(named)
        ->type_name("");
  }

  void add_key() {
    key_ = app_.add_subcommand("key", "Make a key for a backend service to use the HTTP API");
    key_->footer(kKeyFooter);
    key_->add_option("--name", key_command_.name, "What the key is called in the log")
        ->required()
        ->type_name("NAME")
        ->check(check_key_name);
    key_->add_option("--scopes", scopes_,
                     "What it may do: read, emit, admin, with commas; admin includes all")
        ->required()
        ->type_name("SCOPES")
        ->check(check_scopes);
  }

  void add_webhook() {
    webhook_ = app_.add_subcommand("webhook", "Send a test event to the receivers of webhooks");
    webhook_->footer(kWebhookFooter);
    webhook_->add_option("test", webhook_action_, "What to do: test")
        ->required()
        ->type_name("")
        ->check(
            [](const std::string& text) { return text == "test" ? "" : "must be: rollcall webhook test"; });
    add_config(*webhook_, webhook_command_.config_file, webhook_command_.env_file);
    webhook_->add_option("--url", webhook_command_.url, "Send it there, instead of to webhooks.urls")
        ->type_name("URL");
  }

  CLI::App app_;
  CLI::App* serve_ = nullptr;
  CLI::App* token_ = nullptr;
  CLI::App* check_ = nullptr;
  CLI::App* key_ = nullptr;
  CLI::App* webhook_ = nullptr;
  CLI::App* describe_ = nullptr;
  ServeCommand serve_command_;
  TokenCommand token_command_;
  CheckConfigCommand check_command_;
  KeyCommand key_command_;
  std::vector<std::string> listen_;
  WebhookCommand webhook_command_;
  std::string webhook_action_;
  std::string scopes_;
  std::string ttl_ = "1h";
};

}  // namespace

Command parse_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  return CommandLine().parse(argc, argv, out, err);
}

}  // namespace rollcall::app
