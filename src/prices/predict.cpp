#include "prices/predict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::prices {
namespace {

enum class Carrier { one, threads, processes, loop, fibers, ring };

struct Known {
  const char* name;
  Carrier carrier;
  bool made_for_each;  // a thread or process of its own for each connection
};

constexpr std::array models{
    Known{"iterative", Carrier::one, false}, Known{"fork", Carrier::processes, true},
    Known{"thread", Carrier::threads, true}, Known{"pool", Carrier::threads, false},
    Known{"fiber", Carrier::fibers, false},  Known{"epoll", Carrier::loop, false},
    Known{"uring", Carrier::ring, false},
};

// What a session of weir's holds; assumptions, since a price says nothing of memory.
constexpr double page_bytes = 4096;
constexpr double kernel_stack_bytes = 16384;
constexpr double coroutine_bytes = 450;
constexpr double fiber_pages = 1;
constexpr double thread_pages = 3;    // its stack's first ones, and what libc keeps
constexpr double pool_pages = 2;      // that a thread which was there before first touches then
constexpr double process_pages = 20;  // that are written to, and so copied
constexpr double process_table_pages = 15;
// Page faults for a session's process beyond the least that one needs: 73, counted here, to 12 (proc(5),
// minflt and cminflt).
constexpr double process_faults = 61;
// How often who serves a connection of a pool's waits: for it, for the request, for the client's end.
constexpr double pool_waits = 3;

/// Adds terms, and notes the first price that is missing.
class Sum {
 public:
  explicit Sum(const PriceList& list) : list_(list) {}

  void add(const std::string& name, double times, const std::string& why) {
    add(name, price(name), times, why);
  }
  /// What `name` costs more, or less, than `than`.
  void add_difference(const std::string& name, const std::string& than, double times,
                      const std::string& why) {
    const double ns = price(name) - price(than);
    add(fmt::format("{} - {}", name, than), ns, times, why);
  }

  void give_to(Prediction& prediction) const {
    double ns = 0;
    for (const Term& term : terms_) ns += term.ns;
    prediction.terms = terms_;
    prediction.cpu_ns_per_request =
        missing_.empty() ? lab::Figure(ns) : lab::Figure::missing(missing_);
  }

 private:
  double price(const std::string& name) {
    const Price* found = find(list_, name);
    if (found != nullptr && found->median_ns.known()) return found->median_ns.value_or(0);
    if (missing_.empty()) {
      missing_ = found != nullptr
                     ? fmt::format("{} was not measured: {}", name, found->median_ns.reason())
                     : fmt::format("the list has no {}; measure it anew", name);
    }
    return 0;
  }
  void add(const std::string& name, double ns, double times, const std::string& why) {
    terms_.push_back({name, times, ns * times, why});
  }

  const PriceList& list_;
  std::vector<Term> terms_;
  std::string missing_;  // why there is no sum
};

constexpr const char* by_loop = "exchange_crowd";

/// How a model of that kind answers many clients.
const char* exchange_of(Carrier carrier) {
  switch (carrier) {
    case Carrier::threads:
      return "exchange_threads";
    case Carrier::processes:
      return "exchange_processes";
    case Carrier::ring:
      return "exchange_ring";
    case Carrier::one:
    case Carrier::loop:
    case Carrier::fibers:
      break;
  }
  return by_loop;
}

/// What a carrier's way to wait costs beside a loop's.
void add_carrier(Sum& sum, const Known& model, double times) {
  const std::string exchange = exchange_of(model.carrier);
  if (exchange == by_loop) return;
  sum.add_difference(exchange, by_loop, times, "it waits in its own way, not in epoll_wait");
}

/// What is above the kernel when a session has waited so often.
void add_resumed(Sum& sum, const Known& model, double times) {
  if (model.carrier == Carrier::fibers) {
    sum.add("fiber_switch", 2 * times, "to the loop and back");
  } else if (model.carrier == Carrier::loop || model.carrier == Carrier::ring) {
    sum.add("op_pending", times, "the session is resumed");
  }
}

void add_requests(Sum& sum, const Workload& load, const Known& model) {
  const bool one = load.connections == 1 || model.carrier == Carrier::one;
  if (load.rate_rps) {
    const bool threads = model.carrier == Carrier::threads;
    sum.add(one       ? "exchange_paced"
            : threads ? "exchange_paced_threads"
                      : "exchange_paced_crowd",
            1, "a request answered by a CPU that was idle");
    if (!one && !threads) add_carrier(sum, model, 1);
  } else if (one) {
    sum.add("exchange_alone", 1, "a request answered, while its client waits");
  } else {
    sum.add(exchange_of(model.carrier), 1, "a request answered, while others ask");
  }
  add_resumed(sum, model, 1);
}

void add_newcomer(Sum& sum, const Known& model) {
  const char* whole = "all that a connection with one request needs";
  constexpr double waits = 2;  // for the request, and for the client's end
  if (model.carrier == Carrier::one) return sum.add("newcomer_in_turn", 1, whole);
  if (model.carrier == Carrier::processes) {
    sum.add("newcomer_processes", 1, whole);
    return sum.add("page_fault", process_faults, "memory that a session touches first");
  }
  if (model.made_for_each) return sum.add("newcomer_threads", 1, whole);
  sum.add("newcomer_crowd", 1, whole);
  add_resumed(sum, model, waits);
  if (model.carrier == Carrier::threads) {
    add_carrier(sum, model, pool_waits);
    sum.add("thread_switch", 1, "it is handed over to a thread that waits");
  } else {
    add_carrier(sum, model, waits);
  }
}

void add_memory(Prediction& prediction, const Known& model) {
  double user = coroutine_bytes;
  double kernel = 0;
  if (model.carrier == Carrier::processes) {
    user = process_pages * page_bytes;
    kernel = kernel_stack_bytes + process_table_pages * page_bytes;
  } else if (model.made_for_each) {
    user = thread_pages * page_bytes;
    kernel = kernel_stack_bytes + page_bytes;
  } else if (model.carrier == Carrier::fibers) {
    user += fiber_pages * page_bytes;
  }
  if (model.carrier == Carrier::one) user = 0;  // the others wait in the backlog
  if (model.carrier == Carrier::threads && !model.made_for_each) user = pool_pages * page_bytes;
  prediction.user_bytes_per_connection = user;
  prediction.kernel_bytes_per_connection = kernel;
}

}  // namespace

std::vector<std::string> predicted_models() {
  std::vector<std::string> names;
  for (const Known& model : models) names.emplace_back(model.name);
  return names;
}

Prediction predict(const PriceList& list, const Workload& load, const std::string& model) {
  const auto* known = std::find_if(models.begin(), models.end(),
                                   [&model](const Known& each) { return each.name == model; });
  if (known == models.end()) {
    throw std::invalid_argument(fmt::format("nothing can be predicted of '{}'", model));
  }
  Prediction prediction;
  prediction.model = model;
  Sum sum(list);
  load.churn ? add_newcomer(sum, *known) : add_requests(sum, load, *known);
  sum.give_to(prediction);
  add_memory(prediction, *known);
  if (load.churn) {
    const lab::Figure gone = lab::Figure::missing("connections come and go");
    prediction.user_bytes_per_connection = prediction.kernel_bytes_per_connection = gone;
  }
  const lab::Figure not_measured = lab::Figure::missing("not measured");
  prediction.measured_cpu_ns = not_measured;
  prediction.measured_cpu_ns_at_prices = not_measured;
  prediction.measured_user_bytes = not_measured;
  prediction.measured_kernel_bytes = not_measured;
  return prediction;
}

lab::Figure relative_error(const lab::Figure& predicted, const lab::Figure& measured) {
  if (!predicted.known()) return predicted;
  if (!measured.known()) return measured;
  if (measured.value_or(0) <= 0) return lab::Figure::missing("nothing was measured to divide by");
  return predicted.value_or(0) / measured.value_or(1) - 1;
}

}  // namespace weir::prices
