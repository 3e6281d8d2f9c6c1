// What can be said after the verb claims.
#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_claims(CommandLine& line) {
  if (service_name_ == ServiceName::understood) return;  // they are of weir's own services
  Verb verb = line.verb("claims", "Read", "Hold what is said of servers against what was measured");
  verb.word("CLAIMS", claims_.claims, "the claims, as claims/claims.toml", Verb::Needed::yes);
  verb.text("--prices", "FILE", claims_.prices, "what prices wrote (prices.json)");
  verb.text("--scenarios", "FILE", claims_.scenarios, "what compare wrote (scenarios.json)");
  verb.text("-o,--output", "FILE", claims_.page, "the page; -: stdout");
  verb.examples({program_ + " claims claims/claims.toml",
                 program_ + " claims claims/claims.toml -o docs/CLAIMS.md"});
  verb.action([this] { return claims(claims_); });
}

}  // namespace weir::cli
