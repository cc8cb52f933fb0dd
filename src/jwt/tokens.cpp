// The verifiers of rollcall/tokens.hpp: what embedders see of this folder.
#include "rollcall/tokens.hpp"

#include "jwt/key_set.hpp"

namespace rollcall {

std::string jwt::in_one(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += (text.empty() ? "" : "; ") + sentence;
  return text;
}

Result<jwt::KeyOptions, std::vector<std::string>> jwt::read_rules(const TokenRules& rules) {
  std::vector<std::string> mistakes;
  KeyOptions options{{}, rules.issuer, rules.audience, rules.leeway, rules.require_exp, rules.max_age};
  for (const std::string& name : rules.algorithms) {
    if (const auto algorithm = parse_algorithm(name)) {
      options.algorithms.push_back(*algorithm);
    } else {
      mistakes.push_back(name + " is not a known algorithm");
    }
  }
  if (!mistakes.empty()) return fail(std::move(mistakes));
  return options;
}

Result<VerifierPtr, std::string> make_verifier(const TokenKeys& keys, const TokenRules& rules,
                                               std::vector<std::string>* warnings) {
  auto options = jwt::read_rules(rules);
  if (!options) return fail(jwt::in_one(options.error()));
  const auto made = jwt::KeySet::make(keys, std::move(*options));
  if (!made) return fail(jwt::in_one(made.error()));
  if (warnings) {
    const auto more = (*made)->warnings();
    warnings->insert(warnings->end(), more.begin(), more.end());
  }
  return VerifierPtr(*made);
}

Result<VerifierPtr, std::string> hs256(std::string_view secret) {
  return make_verifier({std::string(secret), {}, {}});
}

}  // namespace rollcall
