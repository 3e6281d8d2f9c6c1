#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/load.hpp"

namespace weir::cli {

void need_exchanges(const Service& service) {
  if (service.exchanges.make) return;
  if (!service.transcript.empty()) {
    throw Failure(
        wrong_usage,
        fmt::format("nothing in the transcript of '{}' can be sent again and again on one "
                    "connection; let a send and an expect come before its end",
                    service.name));
  }
  throw Failure(wrong_usage,
                fmt::format("service '{}' has no client side to make a load with; give "
                            "it a transcript, or exchanges",
                            service.name));
}

void need_answers(const Service& service, const LoadOptions& options) {
  const bool pipeline = options.pipeline > 1;
  if (pipeline && options.asked.size() > 1) {
    throw Failure(wrong_usage,
                  "requests under way together are all the same; leave --pipeline out, or all "
                  "--request but one");
  }
  if (service.exchanges.answers || (!pipeline && options.personas.pipeliners == 0)) return;
  throw Failure(wrong_usage,
                fmt::format("the requests of '{}' can't be sent before earlier ones are answered; "
                            "leave {} out",
                            service.name, pipeline ? "--pipeline" : "the persona pipeliner"));
}

}  // namespace weir::cli
