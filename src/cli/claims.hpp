#pragma once
#include <optional>
#include <string>
#include <vector>

#include "lab/trial.hpp"
#include "prices/prices.hpp"

namespace weir::cli {

/// What somebody says of servers, and the figure that decides it.
struct Claim {
  std::string text;
  std::string figure;  // `price NAME`, or `scenario NAME: CONTESTANT`
  std::string over;    // by which it is divided; empty: by nothing
  std::optional<double> more_than;
  std::optional<double> less_than;
};

enum class ClaimVerdict { confirmed, refuted, too_close, unknown };

struct JudgedClaim {
  Claim claim;
  ClaimVerdict verdict = ClaimVerdict::unknown;
  std::string measured;  // the figures, or why there are none
};

/// Throws Failure (wrong usage) with one sentence, `FILE:LINE: what is wrong`.
std::vector<Claim> read_claims(const std::string& path);

JudgedClaim judge(const Claim& claim, const prices::PriceList& prices,
                  const std::vector<lab::Trial>& trials);

/// docs/CLAIMS.md
std::string claims_page(const std::vector<JudgedClaim>& claims, const prices::PriceList& prices);

struct ClaimsOptions {
  std::string claims;
  std::string prices = "prices.json";
  std::string scenarios = "scenarios.json";
  std::string page = "-";
};

/// Judges claims by what prices and compare left. Returns the exit code. Throws Failure.
int claims(const ClaimsOptions& options);

}  // namespace weir::cli
