// weir predict: what a request will cost, before it is measured.
#include "cli/predict.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/experiments.hpp"
#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/predict_text.hpp"
#include "cli/results_file.hpp"
#include "cli/suggest.hpp"
#include "cli/target.hpp"
#include "cli/version.hpp"
#include "lab/blocks.hpp"
#include "prices/gauge.hpp"

namespace weir::cli {
namespace {

prices::PriceList measure_prices(const PredictOptions& options) {
  if (!options.quiet)
    fmt::print(stderr, "weir: first the prices, some twelve seconds (or --prices FILE)\n");
  prices::Options measured;
  measured.idle_cpus = options.idle_cpus;
  measured.stop = &stop_on_signals();
  prices::PriceList list = prices::measure(measured, [](std::size_t, std::size_t) {});
  list.version = version_text();
  list.command = "weir prices";
  return list;
}

prices::PriceList prices_of(const PredictOptions& options) {
  if (options.prices.empty()) return measure_prices(options);
  const std::string text = read_made_file(options.prices, "prices");
  try {
    return prices::from_json(text);
  } catch (const std::runtime_error& error) {
    refuse_file(options.prices, error.what());
  }
}

std::vector<std::string> models_of(const PredictOptions& options) {
  const std::vector<std::string> known = prices::predicted_models();
  for (const std::string& model : options.models) {
    if (std::find(known.begin(), known.end(), model) != known.end()) continue;
    throw Failure(wrong_usage, fmt::format("nothing can be predicted of '{}'{} (only of {})", model,
                                           did_you_mean(model, known), listed(known)));
  }
  return options.models.empty() ? known : options.models;
}

/// A comparison of these models under the very load that was predicted.
lab::CompareOptions experiment_of(const std::vector<Service>& services,
                                  const std::vector<std::string>& models,
                                  const PredictOptions& options) {
  const Service& framed = find_service("framed", services);
  CompareOptions common;
  common.quiet = options.quiet;
  common.command = options.command;
  common.idle_cpus = options.idle_cpus;
  lab::CompareOptions lab = common_options(framed, common);
  std::vector<std::string> names;
  for (const std::string& model : that_can_run(framed, models)) {
    names.push_back(model == "pool" ? fmt::format("pool --pool {}", options.load.connections)
                                    : model);
  }
  if (names.empty()) throw Failure(failed, "none of these models can run here");
  lab.blocks = options.blocks;
  lab.contestants = lab::models(lab, names);
  lab.reference = names.back();
  lab.connections = {options.load.connections};
  lab.lanes = false;
  if (options.load.rate_rps) lab.load_words = {"--rate", fmt::format("{}", *options.load.rate_rps)};
  if (options.load.churn) lab.load_words.emplace_back("--churn");
  return lab;
}

/// What was measured, and how fast the machine was meanwhile.
struct Measured {
  lab::Results results;
  std::vector<lab::Figure> dearer;  // before each run, and after the last (Gauge::dearer)

  /// What the prices that the run's cost is made of were then, so many times those of the list.
  lab::Figure dearer_in(const lab::Cell& cell) const {
    const auto run = static_cast<std::size_t>(&cell - results.cells.data());
    const lab::Figure both = dearer.at(run) + dearer.at(run + 1);
    return both / 2;
  }

  lab::Figure usually_dearer() const {
    std::vector<double> known;
    for (const lab::Figure& each : dearer) {
      if (each.known()) known.push_back(each.value_or(0));
    }
    return known.empty() ? dearer.back() : lab::Figure(lab::median(known));
  }
};

Measured measure(const lab::CompareOptions& experiment, const prices::Gauge& gauge,
                 const lab::Progress& told) {
  Measured measured;
  measured.results = lab::run(experiment, [&](const lab::ProgressEvent& event) {
    measured.dearer.push_back(gauge.dearer());
    if (told) told(event);
  });
  measured.dearer.push_back(gauge.dearer());
  return measured;
}

void fill_in(prices::Prediction& prediction, const Measured& measured) {
  const lab::Results& results = measured.results;
  for (const lab::Row& row : results.rows) {
    if (lab::words_of(row.contestant).front() != prediction.model) continue;
    prediction.measured_cpu_ns = row.cpu_ns_per_request;
    prediction.measured_cpu_ns_at_prices =
        lab::over_blocks(lab::cells_of(results, row.contestant, row.connections),
                         [&measured](const lab::Cell& cell) {
                           if (cell.verdict.limit == lab::Limit::invalid) {
                             return lab::Figure::missing("no valid run");
                           }
                           return cell.server.cpu_ns_per_request / measured.dearer_in(cell);
                         });
    prediction.measured_user_bytes = row.user_bytes_per_connection;
    prediction.measured_kernel_bytes = row.kernel_bytes_per_connection;
  }
}

void check(const PredictOptions& options) {
  if (options.measure && options.cores) {
    throw Failure(wrong_usage,
                  "--cores is another machine, which can't be measured here; leave --measure out");
  }
  const bool sleep_said = options.idle_cpus == lab::IdleCpus::may_sleep;
  if (sleep_said && !options.prices.empty() && !options.measure) {
    throw Failure(
        wrong_usage,
        "nothing is measured, since the prices are in a file: leave --let-cpus-sleep out");
  }
  if (options.load.churn && options.load.rate_rps) {
    throw Failure(wrong_usage, "--churn is predicted under full load only; leave --rate out");
  }
}

}  // namespace

int predict(const std::vector<Service>& services, const PredictOptions& options) {
  check(options);
  const std::vector<std::string> models = models_of(options);
  Foretold foretold;
  foretold.prices = prices_of(options);
  foretold.load = options.load;
  foretold.cores = options.cores;
  foretold.command = options.command;
  for (const std::string& model : models) {
    foretold.predictions.push_back(prices::predict(foretold.prices, options.load, model));
  }
  // Before anything is measured, so that nobody can adapt it to what came of it.
  if (!options.json.empty() && options.json != "-") {
    write_output(options.json, to_json(foretold));
    if (!options.quiet) fmt::print(stderr, "weir: the prediction is in {}\n", options.json);
  }
  if (options.measure) {
    lab::CompareOptions experiment = experiment_of(services, models, options);
    experiment.stop = &stop_on_signals();
    const prices::Gauge gauge(foretold.prices, options.idle_cpus, experiment.stop);
    const Measured measured = measure(experiment, gauge, progress(options.quiet));
    const lab::Results& results = measured.results;
    for (prices::Prediction& each : foretold.predictions) fill_in(each, measured);
    foretold.dearer = measured.usually_dearer();
    foretold.measured = true;
    foretold.measured_cpus_sleep = results.machine.cpus_sleep;
    foretold.noise_floor = results.cpu_noise_floor;
    if (results.interrupted) return interrupted;
  }
  if (!options.json.empty()) write_output(options.json, to_json(foretold));
  if (options.json != "-") write_output("-", text_of(foretold));
  return done;
}

}  // namespace weir::cli
