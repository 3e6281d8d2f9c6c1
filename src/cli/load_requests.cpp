#include "cli/load_requests.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"

namespace weir::cli {

void choose_requests(load::Plan& plan, const Target& target, std::vector<std::string> texts) {
  if (texts.empty() && !target.request.empty()) texts.push_back(target.request);
  Exchanges& exchanges = plan.exchanges = target.service->exchanges;
  if (texts.empty()) return;
  if (!exchanges.ask) {
    throw Failure(wrong_usage, fmt::format("the requests of '{}' can't be chosen; leave --request "
                                           "out",
                                           target.service->name));
  }
  std::size_t bytes = 0;
  try {
    for (const std::string& text : texts) {
      plan.in_turn.push_back(exchanges.ask(text));
      bytes += exchanges.asked_bytes ? exchanges.asked_bytes(text) : text.size() + 1;
    }
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, fmt::format("{} (--request)", error.what()));
  }
  exchanges.request_bytes = bytes / texts.size();
  exchanges.make = [first = plan.in_turn.front()](std::size_t) { return first; };
  if (texts.size() == 1) plan.in_turn.clear();
}

}  // namespace weir::cli
