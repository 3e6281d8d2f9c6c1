// What limited a run, and whether its figures can be believed: said before anything is printed.
#pragma once

#include <string>

namespace weir::lab {

struct Cell;

enum class Limit {
  invalid,    ///< no figures to believe: the server failed or answered wrongly
  generator,  ///< the load generator had no more to give: rates are lower bounds
  server,     ///< the server used all the CPU time it may
  machine,    ///< both shared a CPU and it was full
  latency,    ///< nobody was busy: each client waited for its answer
};

struct Verdict {
  Limit limit = Limit::latency;
  bool server_full = false;  ///< the server used all the CPU time it may, whatever the limit was
  bool noisy = false;        ///< other programs or the hypervisor took CPU time
  bool unsteady = false;     ///< the halves of the window differ by more than chance
  bool starved = false;      ///< some connections got nothing, or far less than others
  std::string words;         ///< for a person
};

/// How many CPUs each side may use, and whether they share them.
struct Placement {
  double server_cpus = 1;
  double generator_cpus = 1;
  bool shared = false;
};

/// Judges one run. The generator counts as busy while it waits in the run queue, too: one that is
/// runnable nine tenths of the time is the limit, even when a neighbour takes half its CPU; and so is
/// one that was late in an open loop.
/// What the hypervisor takes from their CPUs counts for neither: nine tenths of the rest are enough.
/// Connections that broke off make it invalid, unless they are what is measured.
enum class Losses { invalid, measured };
Verdict judge(const Cell& cell, const Placement& placement, Losses losses = Losses::invalid);

/// Returns the verdict's name: "GENERATOR-BOUND", with "+STARVED" and "+NOISY" where they apply.
std::string name(const Verdict& verdict);

}  // namespace weir::lab
