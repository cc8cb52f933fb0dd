#include "embed/keys.hpp"

#include <optional>

#include "embed/file.hpp"

namespace rollcall::embed {
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

}  // namespace

Result<std::shared_ptr<const jwt::KeySet>, std::vector<std::string>> load_keys(const AuthSettings& auth) {
  Reader reader;
  jwt::KeySet::Source source;
  source.secret = auth.jwt_secret;
  for (const std::string& name : auth.public_keys) {
    if (auto pem = reader.read(name)) source.pems.push_back(std::move(*pem));
  }
  if (!auth.jwks_file.empty()) source.jwks = reader.read(auth.jwks_file);
  auto options = jwt::read_rules(
      {auth.algorithms, auth.issuer, auth.audience, auth.leeway, auth.require_exp, auth.max_token_age});
  auto& mistakes = reader.mistakes();
  if (!options) mistakes.insert(mistakes.end(), options.error().begin(), options.error().end());
  if (mistakes.empty()) return jwt::KeySet::make(source, std::move(*options));
  // If a file is missing, complaining about missing keys would mislead; complain only about the others.
  for (std::string& mistake : jwt::KeySet::mistakes_in(source)) mistakes.push_back(std::move(mistake));
  return fail(std::move(mistakes));
}

}  // namespace rollcall::embed
