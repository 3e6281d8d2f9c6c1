// The scenarios of a comparison, with everything that is needed to run them.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/compare.hpp"
#include "lab/experiment.hpp"
#include "lab/scenario.hpp"

namespace weir::cli {

struct Experiment {
  lab::Scenario scenario;
  lab::CompareOptions options;
  lab::Plan plan;
};

/// The contestants of the scenario, as far as their models were asked for.
std::vector<std::string> asked_for(const lab::Scenario& scenario,
                                   const std::vector<std::string>& models);

/// Each with those of its contestants that can run here, and as often as the effort says, all of them
/// together. Throws Failure.
std::vector<Experiment> plan_all(std::vector<lab::Scenario> scenarios,
                                 const std::vector<Service>& services,
                                 const CompareOptions& options);

/// Says what would run, and how long it takes.
void print_plan(const std::vector<Experiment>& experiments, std::FILE* to);

}  // namespace weir::cli
