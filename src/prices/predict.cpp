#include "prices/predict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::prices {
namespace {

enum class Carrier { thread, process, coroutine, fiber, ring };

struct Known {
  const char* name;
  Carrier carrier;
  bool made_for_each;  // a thread or process of its own for each connection
};

constexpr std::array models{
    Known{"iterative", Carrier::thread, false}, Known{"fork", Carrier::process, true},
    Known{"thread", Carrier::thread, true},     Known{"pool", Carrier::thread, false},
    Known{"fiber", Carrier::fiber, false},      Known{"epoll", Carrier::coroutine, false},
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

/// Adds terms, and notes the first price that is missing.
class Sum {
 public:
  explicit Sum(const PriceList& list) : list_(list) {}

  void add(const std::string& name, double times, const std::string& why) {
    add(name, price(name), times, why);
  }
  /// What handing over to another costs without the calls by which it is measured.
  void add_switch(const char* name, const std::string& why) {
    const double ns = std::max(0.0, price(name) - price("event_calls"));
    add(fmt::format("{} - event_calls", name), ns, 1, why);
  }

  void give_to(Prediction& prediction) const {
    double ns = 0;
    for (const Term& term : terms_) ns += term.ns;
    prediction.terms = terms_;
    prediction.cpu_ns_per_request =
        missing_.empty() ? lab::Figure(ns)
                         : lab::Figure::missing(fmt::format("the list has no {}", missing_));
  }

 private:
  double price(const std::string& name) {
    const Price* found = find(list_, name);
    if (found != nullptr && found->median_ns.known()) return found->median_ns.value_or(0);
    if (missing_.empty()) missing_ = name;
    return 0;
  }
  void add(const std::string& name, double ns, double times, const std::string& why) {
    terms_.push_back({name, times, ns * times, why});
  }

  const PriceList& list_;
  std::vector<Term> terms_;
  std::string missing_;
};

/// How many requests a loop finds ready when it looks: half of the clients under full load, one at a
/// rate at which nobody is busy.
double batch_of(const Workload& load) {
  return load.rate_rps ? 1 : std::max(1.0, static_cast<double>(load.connections) / 2);
}

/// Whether nobody else has anything to do until the next request comes.
bool goes_idle(const Workload& load, const Known& model) {
  return load.rate_rps || load.connections == 1 || std::string_view(model.name) == "iterative";
}

void add_blocking(Sum& sum, const char* kind, bool idle) {
  if (!idle) sum.add_switch(kind, "it waits for the next request, and another one runs");
}

void add_waiting(Sum& sum, const Workload& load, const Known& model) {
  const double batch = batch_of(load);
  const bool idle = goes_idle(load, model);
  if (idle) sum.add("idle_sleep", 1, "the CPU has nothing to do until the next request");
  switch (model.carrier) {
    case Carrier::thread:
      return add_blocking(sum, "thread_switch", idle);
    case Carrier::process:
      return add_blocking(sum, "process_switch", idle);
    case Carrier::fiber:
      sum.add("fiber_switch", 2, "to the loop and back");
      break;
    case Carrier::coroutine:
      sum.add("op_pending", 1, "the read that waits");
      break;
    case Carrier::ring:
      sum.add("null_call", -2, "read and write are not calls of their own");
      sum.add("null_call", 1 / batch, "one call for all that are ready");
      return;
  }
  sum.add("epoll_ready", 1 / batch, "one look for all that are ready");
}

void add_connection(Sum& sum, const Known& model) {
  sum.add("connection", 1, "accepted and closed; the client's part is in it");
  sum.add("loopback_message", 0.5, "the greeting");
  if (!model.made_for_each) return;
  sum.add(model.carrier == Carrier::process ? "process_life" : "thread_life", 1,
          "one is made for the connection, and ends with it");
  sum.add("page_fault", model.carrier == Carrier::process ? process_pages : thread_pages,
          "pages that it touches first");
}

void add_memory(Prediction& prediction, const Known& model) {
  double user = coroutine_bytes;
  double kernel = 0;
  if (model.carrier == Carrier::process) {
    user = process_pages * page_bytes;
    kernel = kernel_stack_bytes + process_table_pages * page_bytes;
  } else if (model.carrier == Carrier::thread) {
    user = thread_pages * page_bytes;
    kernel = kernel_stack_bytes + page_bytes;
  } else if (model.carrier == Carrier::fiber) {
    user += fiber_pages * page_bytes;
  }
  if (!model.made_for_each && model.carrier == Carrier::thread) {
    const bool one = std::string_view(model.name) == "iterative";  // the others wait in the backlog
    user = one ? 0 : pool_pages * page_bytes;
    kernel = 0;
  }
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
  sum.add("loopback_message", 1, "a request is read, and an answer written");
  if (load.churn) add_connection(sum, *known);
  add_waiting(sum, load, *known);
  sum.give_to(prediction);
  add_memory(prediction, *known);
  if (load.churn) {
    const lab::Figure gone = lab::Figure::missing("connections come and go");
    prediction.user_bytes_per_connection = prediction.kernel_bytes_per_connection = gone;
  }
  const lab::Figure not_measured = lab::Figure::missing("not measured");
  prediction.measured_cpu_ns = not_measured;
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
