#include "app/check_config_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "app/config_checks.hpp"

namespace rollcall::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Report {
  int status;
  std::string out;
  std::string err;
};

Report report(const Config& config) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = report_config(config, out, err);
  return {status, out.str(), err.str()};
}

Config good_config() {
  Config config;
  config.auth.jwt_secret = "0123456789abcdef0123456789abcdef";
  return config;
}

TEST(CheckConfig, SaysOkAndShowsWhatIsInForceWithSecretsMasked) {
  const Report good = report(good_config());
  EXPECT_EQ(good.status, kExitOk);
  EXPECT_THAT(good.out, StartsWith("ok\n"));
  EXPECT_THAT(good.out, AllOf(HasSubstr("listen = \"0.0.0.0:3000,[::]:3000\""),
                              HasSubstr("jwt_secret = \"***\""), Not(HasSubstr("0123456789abcdef"))));
  EXPECT_THAT(good.err, IsEmpty());
}

TEST(CheckConfig, NamesAllFilesThatAreNotAsTheyShouldBe) {
  const std::string path = testing::TempDir() + "rollcall_check_test.pem";
  std::ofstream(path) << "hush\n";
  Config config = good_config();
  config.server.tls_cert = "/no/cert.pem";
  config.server.tls_key = path;
  config.auth.algorithms = {"HS256", "RS256"};
  config.auth.public_keys = {"/no/key.pem"};
  const Report bad = report(config);
  EXPECT_EQ(bad.status, kExitBadConfig);
  EXPECT_THAT(bad.out, IsEmpty());
  EXPECT_THAT(bad.err,
              AllOf(HasSubstr("/no/key.pem cannot be read"),
                    HasSubstr("server.tls_cert: /no/cert.pem cannot be read"),
                    HasSubstr("server.tls_key: " + path + " is not a PEM file"), Not(HasSubstr("hush"))));
}

TEST(CheckConfig, WarnsOfWhatIsAllowedButUnwise) {
  Config config = good_config();
  config.auth.jwt_secret = "short";
  config.cors.origins = {"*"};
  config.cors.credentials = true;
  const Report unwise = report(config);
  EXPECT_EQ(unwise.status, kExitOk);
  EXPECT_THAT(unwise.err,
              AllOf(HasSubstr("warning: cors.origins has *"), HasSubstr("warning: The secret has 5 bytes")));
}

TEST(CheckConfig, PrintsTheMistakesOfTheSettings) {
  const std::string path = testing::TempDir() + "rollcall_check_test.toml";
  std::ofstream(path) << "[server]\nworkers = -1\nlog_levle = 1\n";
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run_check_config({path, {}}, out, err), kExitBadConfig);
  EXPECT_THAT(out.str(), IsEmpty());
  EXPECT_THAT(err.str(),
              AllOf(HasSubstr(path + ":2: server.workers"), HasSubstr(path + ":3: server.log_levle")));
}

TEST(ConfigWarnings, AreNoneForTheDefaults) {
  EXPECT_THAT(config_warnings(Config()), IsEmpty());
}

TEST(ConfigWarnings, NameAnEventLimitThatCanNeverBeReached) {
  Config config;
  config.engineio.max_payload_bytes = 1000;
  EXPECT_THAT(config_warnings(config), ElementsAre(StartsWith("limits.event_bytes is above")));
}

}  // namespace
}  // namespace rollcall::app
