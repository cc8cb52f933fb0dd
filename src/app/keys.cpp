#include "app/keys.hpp"

#include <optional>

#include "app/file.hpp"
#include "jwt/algorithm.hpp"

namespace rollcall::app {
namespace {

using Named = jwt::KeySet::Source::Named;

class Reader {
 public:
  std::optional<Named> read(const std::string& name) {
    auto text = read_file(name, kMaxKeyFileBytes);
    if (text) return Named{name, std::move(*text)};
    mistakes_.push_back(name + " " + text.error());
    return std::nullopt;
  }

  std::vector<std::string>& mistakes() { return mistakes_; }

 private:
  std::vector<std::string> mistakes_;
};

jwt::KeyOptions options_of(const AuthSettings& auth, std::vector<std::string>& mistakes) {
  jwt::KeyOptions options;
  options.algorithms.clear();
  for (const std::string& name : auth.algorithms) {
    if (const auto algorithm = jwt::parse_algorithm(name)) {
      options.algorithms.push_back(*algorithm);
    } else {
      mistakes.push_back(name + " is not a known algorithm");
    }
  }
  options.issuer = auth.issuer;
  options.audience = auth.audience;
  options.leeway = auth.leeway;
  return options;
}

}  // namespace

Result<std::shared_ptr<const jwt::KeySet>, std::vector<std::string>> load_keys(const AuthSettings& auth) {
  Reader reader;
  jwt::KeySet::Source source;
  source.secret = auth.jwt_secret;
  for (const std::string& name : auth.public_keys) {
    if (auto pem = reader.read(name)) source.pems.push_back(std::move(*pem));
  }
  if (!auth.jwks_file.empty()) source.jwks = reader.read(auth.jwks_file);
  jwt::KeyOptions options = options_of(auth, reader.mistakes());
  // With a file missing, complaints about keys that are not there would only mislead.
  if (!reader.mistakes().empty()) return fail(std::move(reader.mistakes()));
  return jwt::KeySet::make(source, std::move(options));
}

}  // namespace rollcall::app
