// The server's side of a run, watched by whoever makes the load.
#pragma once

#include <memory>
#include <string>
#include <sys/types.h>

#include "lab/figure.hpp"
#include "lab/meter.hpp"

namespace weir::lab {

/// What the server, all its processes together, paid in the measured window. Every figure may be missing, with its reason.
struct ServerFigures {
  pid_t pid = 0;
  Figure threads;
  Figure cpu_ns;
  Figure cpu_ns_per_request;
  Figure utilisation;  ///< CPU time over window time; more than 1 on several CPUs
  Figure run_queue_wait_ns;
  Figure voluntary_switches_per_request;
  Figure involuntary_switches_per_request;
  Figure system_calls_per_request;
  Figure user_bytes_per_connection;
  Figure kernel_stack_bytes_per_connection;
  Figure page_table_bytes_per_connection;
  Figure foreign_cpu_share;        ///< of all CPU time: used by neither the server nor this process
  Figure steal_share;              ///< of all CPU time: taken by the hypervisor
  Figure server_cpus_steal_share;  ///< likewise, of the CPUs that the server may run on
  Figure own_cpus_steal_share;     ///< likewise, of those that this process may run on
};

/// Called at the turning points of a run, in the order of its members. None of them throws for what
/// can't be read.
class ServerMeter {
 public:
  explicit ServerMeter(pid_t pid);

  /// The server is up and idle: its memory is noted.
  void before_connections();

  /// `connections` are open: what memory they added is noted, when it doesn't grow any more (within
  /// 0.2 s). Under 16 connections the figure is
  /// missing, since one page more or less would be all of it.
  void connected(std::size_t connections);

  void window_begin();
  void window_end();

  /// Around the second, short window, in which system calls are counted.
  void count_begin();
  void count_end();

  /// Returns the figures. `requests` were answered between window_begin and window_end, which took
  /// `window_ns`; `counted_requests` between count_begin and count_end (0: no such window).
  ServerFigures figures(double requests, double counted_requests, double window_ns) const;

 private:
  ProcessMeter meter_;
  pid_t pid_;
  Sample idle_;
  Sample full_;
  double connections_ = 0;
  Sample begin_;
  Sample end_;
  Figure own_begin_ns_;
  Figure own_end_ns_;
  MachineSample machine_begin_;
  MachineSample machine_end_;
  std::shared_ptr<SyscallCounter> counter_;
  Figure counted_calls_;
};

/// Returns the figures as a JSON object, a missing one as the string "n/a: reason".
std::string to_json(const ServerFigures& figures);

}  // namespace weir::lab
