#include "models/sim_journal.hpp"

#include <system_error>

#include <fmt/format.h>

#include "models/sim_plan.hpp"

namespace weir::sim {

const char* name_of(Verb verb) {
  switch (verb) {
    case Verb::none:
      return "nothing";
    case Verb::read:
      return "read";
    case Verb::write:
      return "write";
    case Verb::write_some:
      return "write_some";
    case Verb::wait:
      return "wait";
    case Verb::sleep:
      return "sleep";
    case Verb::offload:
      return "offload";
    case Verb::finish:
      return "finish";
    case Verb::connect:
      return "connect";
    case Verb::connected:
      return "connected";
  }
  return "?";
}

const char* name_of(Fault fault) {
  switch (fault) {
    case Fault::delay:
      return "delay";
    case Fault::split:
      return "split";
    case Fault::coalesce:
      return "coalesce";
    case Fault::full:
      return "full buffer";
    case Fault::reset:
      return "reset";
    case Fault::half_close:
      return "half-close";
    case Fault::silence:
      return "silence";
    case Fault::refused:
      return "refused";
    case Fault::time_out:
      return "time-out";
    case Fault::drain:
      return "drain";
  }
  return "?";
}

bool can_occur(Verb verb, Fault fault) {
  constexpr std::uint32_t of_connection =
      bit(Fault::reset) | bit(Fault::half_close) | bit(Fault::drain);
  constexpr std::uint32_t of_waiting = bit(Fault::delay) | bit(Fault::time_out);
  std::uint32_t can = 0;
  switch (verb) {
    case Verb::none:
      break;
    case Verb::read:
    case Verb::wait:
      can =
          of_connection | of_waiting | bit(Fault::split) | bit(Fault::coalesce) | bit(Fault::full);
      break;
    case Verb::write:
      can = of_connection | of_waiting | bit(Fault::split) | bit(Fault::full);
      break;
    case Verb::write_some:
      can = of_connection | bit(Fault::split) | bit(Fault::full);
      break;
    case Verb::sleep:
    case Verb::offload:
      can = of_connection | bit(Fault::delay);
      break;
    case Verb::finish:
      can = of_connection | bit(Fault::full);
      break;
    case Verb::connect:
      can = of_waiting | bit(Fault::refused) | bit(Fault::drain);
      break;
    case Verb::connected:  // is the end of a connect, and counted there
      break;
  }
  return (can & bit(fault)) != 0;
}

std::string name_of_socket(std::uint32_t number) {
  if ((number & own_ops_of(0)) != 0) return fmt::format("client {}", number & 0x7FFFFF);
  return fmt::format("{} of {}", number % 2 == 0 ? "near end" : "far end", number / 2);
}

namespace {

double ms_of(Time at) {
  return static_cast<double>((at - begin_of_time).count()) / 1e6;
}

}  // namespace

void Journal::write(const Completed& op) {
  std::string line = fmt::format("{:14.6f} ms  {:<12} {:<10}", ms_of(op.at), name_of_socket(op.who),
                                 name_of(op.verb));
  if (op.error != 0)
    line += " " + std::system_category().message(op.error);
  else if (op.verb == Verb::read)
    line += op.result == 0 ? " the end" : fmt::format(" {} bytes", op.result);
  else if (op.verb == Verb::write_some)
    line += fmt::format(" {} bytes", op.result);
  else if (op.verb == Verb::wait)
    line += fmt::format(" source {}", op.result);
  for (std::size_t i = 0; i < faults; ++i) {
    const auto fault = static_cast<Fault>(i);
    if ((op.faults & bit(fault)) != 0) line += fmt::format(" ({})", name_of(fault));
  }
  text(line);
}

void Journal::event(Time at, std::string_view what) {
  if (text) text(fmt::format("{:14.6f} ms  {}", ms_of(at), what));
}

void Journal::fail(Time at, const std::string& what) {
  event(at, "FAILED: " + what);
  if (failure_.empty()) failure_ = fmt::format("{} (at {:.6f} ms)", what, ms_of(at));
}

}  // namespace weir::sim
