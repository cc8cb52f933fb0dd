#include "app/config_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/settings.hpp"

namespace rollcall::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Environment = std::vector<std::pair<std::string, std::string>>;

LoadInput input_of(std::string text, Environment environment = {}) {
  LoadInput input;
  input.file_path = "r.toml";
  input.file_text = std::move(text);
  input.environment = std::move(environment);
  input.environment.emplace_back("JWT_SECRET", "a secret for tests");
  return input;
}

Config config_of(const LoadInput& input) {
  auto config = load_config(input);
  EXPECT_TRUE(config.ok()) << to_text(config.error());
  return config ? *config : Config();
}

std::vector<std::string> mistakes_of(const LoadInput& input) {
  const auto config = load_config(input);
  std::vector<std::string> lines;
  if (config) return lines;
  for (const ConfigError& error : config.error()) lines.push_back(to_text(error));
  return lines;
}

TEST(ConfigLoader, WithoutAnythingGivesTheDefaults) {
  LoadInput input;
  input.dev = true;
  EXPECT_EQ(describe(config_of(input)), describe(Config()));
}

TEST(ConfigLoader, ListensOnOneAddressOrSeveralFromAListOrWithCommas) {
  const auto listen = [](const std::string& file, std::vector<std::pair<std::string, std::string>> env = {}) {
    return config_of(input_of(file, std::move(env))).server.listen;
  };
  EXPECT_EQ(listen(""), "0.0.0.0:3000,[::]:3000");
  EXPECT_EQ(listen("[server]\nlisten = [\"127.0.0.1:80\", \"[::1]:80\"]\n"), "127.0.0.1:80,[::1]:80");
  EXPECT_EQ(listen("[server]\nlisten = \"127.0.0.1:80,[::1]:80\"\n", {{"PORT", "8080"}}),
            "127.0.0.1:8080,[::1]:8080");
  EXPECT_EQ(listen("", {{"ROLLCALL_SERVER_LISTEN", "127.0.0.1:1, [::1]:2"}}), "127.0.0.1:1, [::1]:2");
}

TEST(ConfigLoader, TakesEveryTypeFromTheFile) {
  const Config config = config_of(input_of(
      "[server]\nlisten = \"127.0.0.1:80\"\nworkers = 3\n"
      "[engineio]\nping_interval_ms = 100\nmax_payload_bytes = 2_000_000\ntransports = [\"websocket\"]\n"
      "[cors]\norigins = [\"https://a.example\"]\ncredentials = true\n"));
  EXPECT_EQ(config.server.listen, "127.0.0.1:80");
  EXPECT_EQ(config.server.workers, 3U);
  EXPECT_EQ(config.engineio.ping_interval, milliseconds{100});
  EXPECT_EQ(config.engineio.max_payload_bytes, 2'000'000U);
  EXPECT_THAT(config.engineio.transports, ElementsAre("websocket"));
  EXPECT_THAT(config.cors.origins, ElementsAre("https://a.example"));
  EXPECT_TRUE(config.cors.credentials);
}

TEST(ConfigLoader, TakesEverySettingFromTheEnvironment) {
  for (const Setting& setting : settings()) {
    const auto mistakes = mistakes_of(input_of("", {{setting.environment(), "\x01"}}));
    if (setting.secret) {
      // What it may be is no matter of its own; if anything is wrong, it is not quoted.
      for (const std::string& mistake : mistakes) EXPECT_THAT(mistake, StartsWith(setting.environment()));
      continue;
    }
    ASSERT_FALSE(mistakes.empty()) << setting.name();
    EXPECT_THAT(mistakes.front(), StartsWith(setting.environment() + " must be ")) << setting.name();
  }
}

TEST(ConfigLoader, TheEnvironmentWinsOverTheFileAndFlagsOverBoth) {
  LoadInput input = input_of("[server]\nlisten = \"127.0.0.1:1\"\nworkers = 1\n",
                             {{"ROLLCALL_SERVER_WORKERS", "2"}, {"ROLLCALL_SERVER_LISTEN", "127.0.0.1:2"}});
  EXPECT_EQ(config_of(input).server.workers, 2U);
  EXPECT_EQ(config_of(input).server.listen, "127.0.0.1:2");
  input.listen_flag = "127.0.0.1:3";
  EXPECT_EQ(config_of(input).server.listen, "127.0.0.1:3");
}

TEST(ConfigLoader, PortSetsThePortAndKeepsTheHost) {
  EXPECT_EQ(config_of(input_of("", {{"PORT", "8080"}})).server.listen, "0.0.0.0:8080,[::]:8080");
  EXPECT_EQ(config_of(input_of("[server]\nlisten = \"[::1]:1\"\n", {{"PORT", "0"}})).server.listen,
            "[::1]:0");
}

TEST(ConfigLoader, LongNamesAndFlagsWinOverShortcuts) {
  LoadInput input = input_of("", {{"PORT", "8080"},
                                  {"ROLLCALL_SERVER_LISTEN", "127.0.0.1:2"},
                                  {"ROLLCALL_AUTH_JWT_SECRET", "the long one"}});
  EXPECT_EQ(config_of(input).server.listen, "127.0.0.1:2");
  EXPECT_EQ(config_of(input).auth.jwt_secret, "the long one");
  LoadInput flagged = input_of("", {{"PORT", "tcp://10.0.0.1:80"}});
  flagged.listen_flag = "127.0.0.1:3";
  EXPECT_EQ(config_of(flagged).server.listen, "127.0.0.1:3");
}

TEST(ConfigLoader, TheSecretOfTheEnvironmentWinsOverTheFile) {
  EXPECT_EQ(config_of(input_of("[auth]\njwt_secret = \"of the file\"\n")).auth.jwt_secret,
            "a secret for tests");
}

TEST(ConfigLoader, EmptyVariablesCountAsUnset) {
  LoadInput input = input_of("[server]\nworkers = 4\n[auth]\njwt_secret = \"of the file\"\n");
  input.environment = {{"JWT_SECRET", ""},
                       {"PORT", ""},
                       {"ROLLCALL_SERVER_WORKERS", ""},
                       {"ROLLCALL_AUTH_JWT_SECRET", ""},
                       {"ROLLCALL_SERVER_NONSENSE", ""}};
  const Config config = config_of(input);
  EXPECT_EQ(config.server.workers, 4U);
  EXPECT_EQ(config.server.listen, "0.0.0.0:3000,[::]:3000");
  EXPECT_EQ(config.auth.jwt_secret, "of the file");
}

struct Mistake {
  const char* text;
  Environment environment;
  const char* message;
};

TEST(ConfigLoader, NamesEachMistakeWithItsPlaceAndWhatIsAllowed) {
  const std::vector<Mistake> mistakes = {
      {"[server]\nworkers = \"3\"\n",
       {},
       "r.toml:2: server.workers must be a whole number from 0 to 1024, not \"3\""},
      {"[server]\nworkers = 2.5\n",
       {},
       "r.toml:2: server.workers must be a whole number from 0 to 1024, not a number with a fraction"},
      {"[server]\n\nworkers = -1\n",
       {},
       "r.toml:3: server.workers must be a whole number from 0 to 1024, not -1"},
      {"[server]\nlisten = 3000\n",
       {},
       "r.toml:2: server.listen must be HOST:PORT, such as 0.0.0.0:3000, localhost:3000 or [::]:3000, or a "
       "list of "
       "different ones, not 3000"},
      {"[server]\nlisten = [\"127.0.0.1:1\", \"127.0.0.1:1\"]\n",
       {},
       "r.toml:2: server.listen must be HOST:PORT, such as 0.0.0.0:3000, localhost:3000 or [::]:3000, or a "
       "list of "
       "different ones, not \"127.0.0.1:1,127.0.0.1:1\""},
      {"[server]\nlog_level = \"loud\"\n",
       {},
       "r.toml:2: server.log_level must be debug, info, warn or error, not \"loud\""},
      {"[engineio]\nping_interval_ms = 0\n",
       {},
       "r.toml:2: engineio.ping_interval_ms must be a whole number of milliseconds from 1 to 86400000, not "
       "0"},
      {"[engineio]\nping_timeout_ms = 0\n",
       {},
       "r.toml:2: engineio.ping_timeout_ms must be a whole number of milliseconds from 1 to 86400000, not 0"},
      {"[engineio]\npath = \"/socket.io\"\n",
       {},
       "r.toml:2: engineio.path must be a path that begins and ends with a slash, such as /socket.io/, not "
       "\"/socket.io\""},
      {"[engineio]\ntransports = []\n",
       {},
       "r.toml:2: engineio.transports must be a list of text, each polling or websocket, and must not be "
       "empty"},
      {"[engineio]\ntransports = \"polling\"\n",
       {},
       "r.toml:2: engineio.transports must be a list of text, each polling or websocket, not \"polling\""},
      {"[presence]\nbroadcast = \"nobody\"\n",
       {},
       "r.toml:2: presence.broadcast must be everyone or watchers, not \"nobody\""},
      {"[cors]\ncredentials = \"yes\"\n",
       {},
       "r.toml:2: cors.credentials must be true or false, not \"yes\""},
      {"[server]\nlog_levle = \"info\"\n",
       {},
       "r.toml:2: server.log_levle is not a setting; did you mean log_level?"},
      {"[server]\nping_interval_ms = 1\n",
       {},
       "r.toml:2: server.ping_interval_ms is not a setting; ping_interval_ms belongs below [engineio]"},
      {"[cors]\nbanana = 1\n", {}, "r.toml:2: cors.banana is not a setting; [cors] has origins, credentials"},
      {"[limit]\n", {}, "r.toml:1: limit is not a section; did you mean [limits]?"},
      {"[banana]\nx = 1\n",
       {},
       "r.toml:1: banana is not a section; there are server, engineio, socketio, auth, presence, limits, "
       "cors, api, webhooks"},
      {"",
       {{"ROLLCALL_SERVER_WORKERS", "many"}},
       "ROLLCALL_SERVER_WORKERS must be a whole number from 0 to 1024, not \"many\""},
      {"",
       {{"ROLLCALL_CORS_CREDENTIALS", "1"}},
       "ROLLCALL_CORS_CREDENTIALS must be true or false, not \"1\""},
      {"",
       {{"ROLLCALL_SERVER_LOGLEVEL", "info"}},
       "ROLLCALL_SERVER_LOGLEVEL is not a setting; did you mean ROLLCALL_SERVER_LOG_LEVEL?"},
      {"",
       {{"ROLLCALL_CORS_BANANA", "1"}},
       "ROLLCALL_CORS_BANANA is not a setting; there are ROLLCALL_CORS_ORIGINS, ROLLCALL_CORS_CREDENTIALS"},
      {"", {{"PORT", "http"}}, "PORT must be a whole number from 0 to 65535, not \"http\""},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_THAT(mistakes_of(input_of(mistake.text, mistake.environment)), ElementsAre(mistake.message));
  }
}

TEST(ConfigLoader, NamesAllMistakesAtOnceAndThoseOfTheFileByLine) {
  LoadInput input =
      input_of("[cors]\norigins = [\"https://a/\"]\n[nonsense]\n[server]\nworkers = 9999\ntls_cert = \"a\"\n",
               {{"ROLLCALL_LIMITS_EVENT_BURST", "0"}, {"ROLLCALL_LIMITS_SPEED", "0"}});
  input.listen_flag = "nowhere";
  EXPECT_THAT(
      mistakes_of(input),
      ElementsAre(StartsWith("r.toml:2: cors.origins must be"), StartsWith("r.toml:3: nonsense is not"),
                  StartsWith("r.toml:5: server.workers must be"),
                  StartsWith("ROLLCALL_LIMITS_EVENT_BURST must be"),
                  StartsWith("ROLLCALL_LIMITS_SPEED is not"), StartsWith("--listen must be HOST:PORT"),
                  StartsWith("r.toml:6: server.tls_cert needs server.tls_key")));
}

TEST(ConfigLoader, IgnoresWhatIsNotMeantForIt) {
  EXPECT_THAT(mistakes_of(input_of("", {{"ROLLCALL_HOME", "/opt"},
                                        {"ROLLCALL_", "x"},
                                        {"ROLLCALLSERVER", "x"},
                                        {"ROLLCALL_SERVER_SERVICE_HOST", "10.0.0.1"},
                                        {"ROLLCALL_SERVER_SERVICE_PORT_HTTP", "3000"},
                                        {"ROLLCALL_SERVER_PORT", "tcp://10.0.0.1:3000"},
                                        {"ROLLCALL_SERVER_PORT_3000_TCP_ADDR", "10.0.0.1"}})),
              IsEmpty());
  EXPECT_THAT(mistakes_of(input_of("", {{"ROLLCALL_SERVER_PORT", "3000"}})),
              ElementsAre(StartsWith("ROLLCALL_SERVER_PORT is not a setting")));
}

TEST(ConfigLoader, TheVariablesThatBackendsAreToldToSetDoNotKeepTheServerFromStarting) {
  EXPECT_THAT(mistakes_of(input_of("", {{"ROLLCALL_API_KEY", "rck_0123456789"},
                                        {"ROLLCALL_API_URL", "http://localhost:3000"},
                                        {"ROLLCALL_URL", "http://localhost:3000"},
                                        {"ROLLCALL_TOKEN", "a.b.c"}})),
              IsEmpty());
  EXPECT_THAT(mistakes_of(input_of("", {{"ROLLCALL_API_KEY", "a:read:" + std::string(64, 'a')}})),
              ElementsAre("ROLLCALL_API_KEY is not a setting; did you mean ROLLCALL_API_KEYS?"));
}

TEST(ConfigLoader, ALineThatIsNoTomlHidesNoMistakeElsewhereAndInventsNone) {
  LoadInput input = input_of(
      "[server]\nlisten = 0.0.0.0:3000\nworkers = -1\n[auth]\njwt_secret = hush\n"
      "[webhooks]\nurls = [\"b.example\"]\nsecret = \"short\"\n");
  input.environment.clear();
  EXPECT_THAT(
      mistakes_of(input),
      ElementsAre("r.toml:2: server.listen is text, which stands in quotation marks: listen = "
                  "\"0.0.0.0:3000\"",
                  StartsWith("r.toml:3: server.workers must be"),
                  "r.toml:5: auth.jwt_secret is text, which stands in quotation marks: jwt_secret = \"...\"",
                  StartsWith("r.toml:7: webhooks.urls must be"),
                  StartsWith("r.toml:8: webhooks.secret must be at least 32 bytes")));
}

TEST(ConfigLoader, NamesOfFilesAreRelativeToTheFileThatHasThem) {
  LoadInput input = input_of("[server]\ntls_cert = \"cert.pem\"\ntls_key = \"/keys/key.pem\"\n");
  input.file_path = "/etc/rollcall/rollcall.toml";
  input.env_file_path = "/run/rollcall.env";
  input.env_file_text = "ROLLCALL_AUTH_JWKS_FILE=keys.json\n";
  input.environment.emplace_back("ROLLCALL_WEBHOOKS_CA_FILE", "ca.pem");
  const Config config = config_of(input);
  EXPECT_EQ(config.server.tls_cert, "/etc/rollcall/cert.pem");
  EXPECT_EQ(config.server.tls_key, "/keys/key.pem");
  EXPECT_EQ(config.auth.jwks_file, "/run/keys.json");
  EXPECT_EQ(config.webhooks.ca_file, "ca.pem") << "of the environment: relative to where we are";
  input.file_path = "rollcall.toml";
  EXPECT_EQ(config_of(input).server.tls_cert, "cert.pem");
}

TEST(ConfigLoader, AFileOfVariablesWinsOverTheEnvironmentAndItsMistakesHaveItsLines) {
  LoadInput input = input_of("", {{"ROLLCALL_SERVER_WORKERS", "3"}});
  input.env_file_path = "s.env";
  input.env_file_text = "ROLLCALL_SERVER_WORKERS=4\nJWT_SECRET='a secret of the file'\nROLLCALL_API_KEYS=\n";
  EXPECT_EQ(config_of(input).server.workers, 4U);
  EXPECT_EQ(config_of(input).auth.jwt_secret, "a secret of the file");
  input.env_file_text = "\nROLLCALL_SERVER_WORKERS=-4\nexport JWT_SECRET=hush\nROLLCALL_SERVER_WORKER=1\n";
  EXPECT_THAT(mistakes_of(input),
              ElementsAre(StartsWith("s.env:3: this line begins with export"),
                          StartsWith("s.env:2: ROLLCALL_SERVER_WORKERS must be"),
                          StartsWith("s.env:4: ROLLCALL_SERVER_WORKER is not a setting; did you mean")));
  input.env_file_error = "cannot be read: No such file or directory";
  EXPECT_THAT(mistakes_of(input), ElementsAre("s.env: cannot be read: No such file or directory"));
}

TEST(ConfigLoader, AFileThatIsNoTomlHidesNoMistakeElsewhereAndInventsNone) {
  LoadInput input = input_of("[server\n", {{"ROLLCALL_SERVER_WORKERS", "x"}});
  input.environment.pop_back();  // JWT_SECRET, which may be in the file
  EXPECT_THAT(mistakes_of(input), ElementsAre(StartsWith("r.toml:1: this is not TOML: "),
                                              StartsWith("ROLLCALL_SERVER_WORKERS must be")));
}

TEST(ConfigLoader, ATlsCertificateNeedsItsKeyAndAKeyItsCertificate) {
  EXPECT_THAT(mistakes_of(input_of("[server]\ntls_key = \"k\"\n")),
              ElementsAre("r.toml:2: server.tls_key needs server.tls_cert beside it: set both, or neither"));
  EXPECT_THAT(mistakes_of(input_of("", {{"ROLLCALL_SERVER_TLS_CERT", "c"}})),
              ElementsAre("ROLLCALL_SERVER_TLS_CERT needs server.tls_key beside it: set both, or neither"));
  EXPECT_THAT(mistakes_of(input_of("[server]\ntls_key = \"k\"\n", {{"ROLLCALL_SERVER_TLS_CERT", "c"}})),
              IsEmpty());
}

// Without JWT_SECRET.
LoadInput without_secret(std::string text, bool dev = false) {
  LoadInput input = input_of(std::move(text));
  input.environment.clear();
  input.dev = dev;
  return input;
}

TEST(ConfigLoader, NoKeyAtAllIsAMistakeThatTellsWhatToSet) {
  EXPECT_THAT(
      mistakes_of(without_secret("")),
      ElementsAre(AllOf(StartsWith("auth.jwt_secret is not set"), HasSubstr("JWT_SECRET"),
                        HasSubstr("auth.public_keys"), HasSubstr("auth.jwks_file"), HasSubstr("--dev"))));
  EXPECT_THAT(mistakes_of(without_secret("", true)), IsEmpty());
}

TEST(ConfigLoader, EveryListedAlgorithmNeedsAKey) {
  EXPECT_THAT(mistakes_of(without_secret("[auth]\npublic_keys = [\"k.pem\"]\n")),
              ElementsAre(StartsWith("auth.algorithms lists HS256: set auth.jwt_secret")));
  EXPECT_THAT(
      mistakes_of(without_secret("[auth]\nalgorithms = [\"RS256\", \"HS512\"]\njwks_file = \"k.json\"\n")),
      ElementsAre(StartsWith("r.toml:2: auth.algorithms lists HS512: set auth.jwt_secret")));
  EXPECT_THAT(
      mistakes_of(input_of("[auth]\nalgorithms = [\"HS256\", \"RS256\", \"ES384\"]\n")),
      ElementsAre("r.toml:2: auth.algorithms lists RS256, ES384: set auth.public_keys or auth.jwks_file"));
  EXPECT_THAT(mistakes_of(without_secret("[auth]\nalgorithms = [\"RS256\"]\n", true)),
              ElementsAre(StartsWith("r.toml:2: auth.algorithms lists RS256")));
  EXPECT_THAT(mistakes_of(without_secret("[auth]\nalgorithms = [\"PS256\"]\npublic_keys = [\"k.pem\"]\n")),
              IsEmpty());
}

TEST(ConfigLoader, AWrongSettingIsNotBlamedASecondTime) {
  EXPECT_THAT(mistakes_of(without_secret("[auth]\nalgorithms = [\"none\"]\n")),
              ElementsAre(StartsWith("r.toml:2: auth.algorithms must be a list")));
}

TEST(ConfigLoader, SecretsAreNeverQuoted) {
  for (const char* text : {"[auth]\njwt_secret = [\"hush\"]\n", "[auth]\njwt_secret = hush\n",
                           "[auth]\njwt_secret = \"hush\"\nalgorithms = []\n", "jwt_secret = \"hush\"\n",
                           "[server]\njwt_secret = \"hush\"\n", "[auth]\njwt_secert = \"hush\"\n"}) {
    LoadInput input = input_of(text, {{"ROLLCALL_AUTH_SECRET", "hush"}});
    const auto mistakes = mistakes_of(input);
    EXPECT_GE(mistakes.size(), 2U) << text;
    for (const std::string& line : mistakes) EXPECT_THAT(line, Not(HasSubstr("hush"))) << text;
  }
}

const std::string kDigest(64, 'a');

TEST(ConfigLoader, EveryBadApiKeyIsToldWithItsReasonAndNeverQuoted) {
  const std::string other(64, 'b');
  const std::string keys = "rck_hush,hush:read:" + kDigest + "0,a b:read:" + kDigest +
                           ",hush2:write:" + kDigest + ",one:read+emit:" + kDigest + ",one:admin:" + other +
                           ",two:read:" + kDigest;
  const auto mistakes = mistakes_of(input_of("", {{"ROLLCALL_API_KEYS", keys}}));
  const std::string name = "ROLLCALL_API_KEYS ";
  EXPECT_THAT(
      mistakes,
      ElementsAre(name + "item 1 must be NAME:SCOPE+SCOPE:SHA256, as `rollcall key` prints it",
                  name + "item 2 must end with the SHA-256 digest of the key: exactly 64 hexadecimal digits",
                  name + "item 3 must begin with a name of 1 to 64 letters, digits, '.', '_' or '-'",
                  name + "item 4 must have the scopes read, emit or admin, joined by '+'",
                  name + "item 6 has the name of item 5: each needs its own",
                  name + "item 7 has the digest of item 5: each needs its own"));
  for (const std::string& text : {std::string("keys = 5"), std::string("keys = [5]"),
                                  std::string("keys = [\"rck_hush\", \"rck_hush\"]")}) {
    const auto wrong = mistakes_of(input_of("[api]\n" + text + "\n"));
    ASSERT_EQ(wrong.size(), 1U) << text;
    EXPECT_THAT(wrong.front(), AllOf(StartsWith("r.toml:2: api.keys "), Not(HasSubstr("hush"))));
  }
}

TEST(ConfigLoader, GoodApiKeysAreTakenAndNotShown) {
  const std::string key = "billing:read+emit:" + kDigest;
  const Config config = config_of(input_of("[api]\nkeys = [\"" + key + "\"]\n"));
  EXPECT_THAT(config.api.keys, ElementsAre(key));
  EXPECT_THAT(describe(config), AllOf(HasSubstr("keys = [\"***\"]\n"), Not(HasSubstr("billing"))));
}

TEST(ConfigLoader, TheListOfMistakesHasAHeadlineAndOneLineEach) {
  EXPECT_EQ(
      to_text(std::vector<ConfigError>{{"a.toml", 3, "x.y", "is wrong"}, {"", 0, "PORT", "is wrong too"}}),
      "There are 2 mistakes in the configuration:\n  a.toml:3: x.y is wrong\n  PORT is wrong too\n");
  EXPECT_EQ(to_text(ConfigError{"", 0, "a\nb", "is odd"}), "\"a\\nb\" is odd");
}

}  // namespace
}  // namespace rollcall::app
