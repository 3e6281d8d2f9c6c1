// weir claims: what is said of servers, held against what was measured.
#include "cli/claims.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/results_file.hpp"
#include "lab/format.hpp"

namespace weir::cli {
namespace {

constexpr double margin = 1.1;  // closer to the bound than that is too close to tell
constexpr std::string_view price_word = "price ";
constexpr std::string_view scenario_word = "scenario ";

/// A figure that a claim names.
struct Named {
  lab::Figure value;
  std::string text;
  bool is_count = false;
  const lab::Trial* trial = nullptr;
  const lab::Finding* finding = nullptr;
};

Named price_named(const std::string& name, const prices::PriceList& list) {
  const prices::Price* price = prices::find(list, name);
  if (price == nullptr) return {lab::Figure::missing("no price " + name), "", false, {}, {}};
  return {price->median_ns, prices::price_text(price->median_ns), false, {}, {}};
}

Named finding_named(const std::string& words, const std::vector<lab::Trial>& trials) {
  const std::size_t colon = words.find(": ");
  const std::string scenario = words.substr(0, colon);
  const std::string contestant = colon == std::string::npos ? "" : words.substr(colon + 2);
  for (const lab::Trial& trial : trials) {
    if (trial.scenario.name != scenario) continue;
    for (const lab::Finding& finding : trial.findings) {
      if (finding.contestant != contestant) continue;
      if (lab::judged_by_cost_instead(trial)) {
        return {lab::Figure::missing("the load generator was the limit"), "", false, {}, {}};
      }
      return {finding.value, lab::value_text(trial, finding), lab::is_count(trial.judge), &trial,
              &finding};
    }
  }
  return {lab::Figure::missing("not measured: " + words), "", false, {}, {}};
}

Named named(const std::string& name, const prices::PriceList& list,
            const std::vector<lab::Trial>& trials) {
  if (name.starts_with(price_word)) return price_named(name.substr(price_word.size()), list);
  if (name.starts_with(scenario_word)) {
    return finding_named(name.substr(scenario_word.size()), trials);
  }
  throw Failure(
      wrong_usage,
      fmt::format("'{}' is no figure; write price NAME, or scenario NAME: CONTESTANT", name));
}

/// They share a letter: nobody can tell them apart here.
bool alike(const Named& one, const Named& other) {
  if (one.finding == nullptr || other.finding == nullptr || one.trial != other.trial) return false;
  const std::string& letters = one.finding->letters;
  return std::any_of(letters.begin(), letters.end(), [&other](char letter) {
    return other.finding->letters.find(letter) != std::string::npos;
  });
}

/// Known only as a bound, so that a quotient of it says nothing.
bool is_bound(const Named& figure) {
  return figure.finding != nullptr && figure.finding->bound;
}

ClaimVerdict verdict_of(const Claim& claim, double value, double slack) {
  const double bound = claim.more_than ? *claim.more_than : *claim.less_than;
  const bool above = value > bound * slack;
  const bool below = slack > 1 ? value < bound / slack : value <= bound;
  if (!above && !below) return ClaimVerdict::too_close;
  if (claim.less_than && slack == 1) {
    return value < bound ? ClaimVerdict::confirmed : ClaimVerdict::refuted;
  }
  return above == claim.more_than.has_value() ? ClaimVerdict::confirmed : ClaimVerdict::refuted;
}

std::string name(ClaimVerdict verdict) {
  switch (verdict) {
    case ClaimVerdict::confirmed:
      return "confirmed";
    case ClaimVerdict::refuted:
      return "refuted";
    case ClaimVerdict::too_close:
      return "too close to tell";
    case ClaimVerdict::unknown:
      return "not measured";
  }
  return "";
}

std::string bound_text(const Claim& claim) {
  const std::string figure = claim.over.empty() ? "" : "the quotient ";
  return claim.more_than ? fmt::format("{}above {}", figure, *claim.more_than)
                         : fmt::format("{}below {}", figure, *claim.less_than);
}

/// `|` ends a cell of a table.
std::string command_of(const Claim& claim) {
  if (claim.figure.starts_with(price_word)) {
    std::string names = claim.figure.substr(price_word.size());
    if (claim.over.starts_with(price_word)) names += "," + claim.over.substr(price_word.size());
    return "./run prices --only " + names;
  }
  const std::string words = claim.figure.substr(scenario_word.size());
  const std::string scenario = words.substr(0, words.find(':'));
  const bool own = scenario == "trigger" || scenario == "crowd";  // beside the claims
  return fmt::format("./run compare --scenario {}",
                     own ? fmt::format("./claims/{}.toml", scenario) : scenario);
}

}  // namespace

JudgedClaim judge(const Claim& claim, const prices::PriceList& prices,
                  const std::vector<lab::Trial>& trials) {
  JudgedClaim judged{claim, ClaimVerdict::unknown, ""};
  const Named figure = named(claim.figure, prices, trials);
  if (!figure.value.known()) {
    judged.measured = figure.value.reason();
    return judged;
  }
  if (claim.over.empty()) {
    judged.measured = figure.text;
    judged.verdict = verdict_of(claim, figure.value.value_or(0), figure.is_count ? 1 : margin);
    return judged;
  }
  const Named over = named(claim.over, prices, trials);
  if (!over.value.known() || over.value.value_or(0) <= 0) {
    judged.measured = over.value.known() ? "nothing to divide by" : over.value.reason();
    return judged;
  }
  const double ratio = figure.value.value_or(0) / over.value.value_or(1);
  judged.measured = fmt::format("{} by {}: {}", figure.text, over.text, lab::ratio_text(ratio));
  judged.verdict = verdict_of(claim, ratio, margin);
  const double bound = claim.more_than ? *claim.more_than : *claim.less_than;
  // Where a claim says that one is better, those that can't be told apart decide nothing; where it
  // says that one is as good, they confirm it, if their quotient does.
  if (is_bound(figure) || is_bound(over)) {
    judged.verdict = ClaimVerdict::too_close;
  } else if (alike(figure, over)) {
    judged.verdict = claim.less_than && bound >= 1 && ratio < bound ? ClaimVerdict::confirmed
                                                                    : ClaimVerdict::too_close;
    judged.measured += ", which can't be told apart here";
  }
  return judged;
}

std::string claims_page(const std::vector<JudgedClaim>& claims, const prices::PriceList& prices) {
  std::string text = fmt::format(
      "# What is said of concurrent servers, and what was measured\n\n"
      "Two articles on concurrent servers, by Bendersky (2017) and by Kalin (2019), and the "
      "discussions below\nthem make claims that can be measured. Here they are in our words. "
      "[claims/claims.toml](../claims/claims.toml) says\nwhich figure decides each, and from which "
      "bound on; what is closer to the bound than a tenth, or can't be\ntold apart by its scenario "
      "([SCENARIOS.md](SCENARIOS.md)), is too close to tell. What blocks, waits or is cheap\n"
      "depends on the machine, so measure yours: `./run claims` makes this page again.\n\n"
      "This one: {} with {} CPUs, {}{}, {}, {}.\n\n"
      "| claim | measured | it holds | verdict | command |\n|---|---|---|---|---|\n",
      prices.machine.processor, prices.machine.cpus, prices.machine.kernel,
      prices.machine.virtualisation.empty() ? "" : ", " + prices.machine.virtualisation,
      lab::idle_text(prices.machine), prices.started);
  for (const JudgedClaim& each : claims) {
    text += fmt::format("| {} | {} | {} | **{}** | `{}` |\n", each.claim.text, each.measured,
                        bound_text(each.claim), name(each.verdict), command_of(each.claim));
  }
  text +=
      "\nNot among them is what needs another kind of server or several machines to be measured. "
      "Which "
      "models may\nshare memory between sessions is no figure: [MODELS.md](MODELS.md) tells.\n";
  return text;
}

int claims(const ClaimsOptions& options) {
  const std::vector<Claim> all = read_claims(options.claims);
  prices::PriceList list;
  const std::string text = read_made_file(options.prices, "prices");
  try {
    list = prices::from_json(text);
  } catch (const std::runtime_error& error) {
    refuse_file(options.prices, error.what());
  }
  const std::vector<lab::Trial> trials = read_trials(options.scenarios);
  std::vector<JudgedClaim> judged;
  for (const Claim& claim : all) judged.push_back(judge(claim, list, trials));
  write_output(options.page, claims_page(judged, list));
  return done;
}

}  // namespace weir::cli
