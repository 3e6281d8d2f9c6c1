#pragma once
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/claims.hpp"
#include "cli/client.hpp"
#include "cli/command_line.hpp"
#include "cli/compare.hpp"
#include "cli/diff.hpp"
#include "cli/explain.hpp"
#include "cli/load.hpp"
#include "cli/predict.hpp"
#include "cli/prices.hpp"
#include "cli/race.hpp"
#include "cli/report.hpp"
#include "cli/serve.hpp"
#include "cli/service_options.hpp"
#include "cli/sim.hpp"

namespace weir::cli {

/// Whether a command line has to say which service it means: not where there is only one.
enum class ServiceName { said, understood };

/// `which: framed (...) ...`, for the help.
std::string service_help(const std::vector<Service>& services);

/// The option by which idle CPUs may sleep while it is measured.
void add_idle_cpus(Verb& verb, lab::IdleCpus& idle_cpus);

/// What the verbs are given by the command line.
class Verbs {
 public:
  /// `program` is how the command is called, `command` the whole line as the user wrote it.
  Verbs(const std::vector<Service>& services, ServiceName service_name, std::string program,
        const std::string& command);

  void add_to(CommandLine& line);

 private:
  void add_serve(CommandLine& line);
  void add_client(CommandLine& line);
  void add_load(CommandLine& line);
  void add_compare(CommandLine& line);
  void add_race(CommandLine& line);
  void add_prices(CommandLine& line);
  void add_claims(CommandLine& line);
  void add_predict(CommandLine& line);
  void add_report(CommandLine& line);
  void add_diff(CommandLine& line);
  void add_list(CommandLine& line);
  void add_explain(CommandLine& line);
  void add_doctor(CommandLine& line);
  void add_sim(CommandLine& line);
  void service_word(Verb& verb);
  bool sweep_is_meant(const Verb& verb) const;
  int chosen_comparison(const Verb& verb);
  const Service& service() const;
  std::string example(const std::string& verb, const std::string& rest) const;

  const std::vector<Service>& services_;
  const ServiceName service_name_;
  const std::string program_;
  std::string service_;
  GivenOptions given_;
  SimVerbOptions sim_;
  ServeOptions serve_;
  bool verbose_ = false;
  bool quiet_ = false;
  ClientOptions client_;
  std::string client_host_;
  std::string client_port_;
  bool interactive_ = false;
  LoadOptions load_;
  std::string load_port_;
  CompareOptions compare_;
  RaceOptions race_;
  PricesOptions prices_;
  ClaimsOptions claims_;
  PredictOptions predict_;
  ReportOptions report_;
  DiffOptions diff_;
  ExplainOptions explain_;
  bool json_ = false;
  bool markdown_ = false;
};

}  // namespace weir::cli
