#include <cerrno>

#include <fmt/format.h>

#include "core/work.hpp"
#include "models/sim.hpp"

namespace weir::sim {
namespace {

std::uint32_t number_of(const StreamRecord& home) {
  if (Network::is_socket(home)) return Network::index_of(home);
  return own_ops_of(static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(home.carrier)));
}

std::uint64_t result_of(const Op& op) {
  switch (op.verb) {
    case Verb::read:
    case Verb::wait:
      return op.error == 0 ? op.buffer.iov_len : 0;
    case Verb::write_some:  // what was left
      return op.count == 0 ? 0 : op.buffer.iov_len;
    case Verb::connect:
      return static_cast<std::uint64_t>(op.fd);
    case Verb::none:
    case Verb::write:
    case Verb::sleep:
    case Verb::offload:
    case Verb::finish:
    case Verb::connected:
      return 0;
  }
  return 0;
}

std::string waiting(const Op& op) {
  const StreamRecord& home = op.stream->record;
  return fmt::format("{} waits in {}", name_of_socket(number_of(home)), name_of(op.verb));
}

}  // namespace

void World::begin() {
  random = Random(~plan.seed);
  drained = loop_is_late = false;
  events.clear();
  network.begin(plan, events, random, {service.text(), upstream != nullptr});
  for (const Time at : {plan.drain_at, plan.force_at}) {
    if (at != never) events.add({at, 0, EventKind::request_end, false, 0, 0, nullptr});
  }
}

void World::end(Time now, bool all_over) {
  abandoned = !all_over;
  ended_at = now;
  const std::uint32_t open = network.open();
  if (all_over && open > 0) journal.fail(now, fmt::format("{} sockets were never closed", open));
}

bool World::gives_up(Op& op) {
  if (journal.ops() < ops_max) return false;
  if (!journal.failed()) journal.fail(ended_at, fmt::format("more than {} ops", ops_max));
  op.error = ECANCELED;
  if (op.verb == Verb::offload) op.job->run(*op.job);
  return true;
}

void World::run_later(Op& op, Time now) {
  const auto most = static_cast<std::uint64_t>(plan.slow_most.count());
  const Time at = now + network.latency() + Duration(below(random, most));
  events.add({at, 0, EventKind::offload, true, 0, 0, &op});
}

void World::note(const Op& op, Context& context) {
  StreamRecord& home = op.stream->record;
  if (op.verb == Verb::read && op.error != 0) home.ended = true;
  std::uint32_t met = (home.interest & ~pending) | network.faults_of(op);
  if (drained) met |= bit(Fault::drain);
  if (op.error == ETIMEDOUT) met |= bit(Fault::time_out);
  if (op.verb == Verb::sleep && op.error == 0 && context.turn != op.deadline) {
    met |= bit(Fault::delay);
    const bool too_early = context.turn < op.deadline;
    if (too_early || !loop_is_late) journal.fail(context.turn, "a sleep ended at another time");
  }
  journal.note({context.turn, op.verb, number_of(home), met, op.error, result_of(op)});
  if (!Network::is_socket(home)) return;

  const std::uint32_t index = Network::index_of(home);
  if (network.breaks_now(index)) network.soon(EventKind::reset, index, context.turn);
  // A server that is out of patience may end the conversation, if it had to be patient.
  const bool of_server = index % 2 != 0 || network.connection(index).parent != UINT32_MAX;
  if (op.error == 0 || op.error == EINPROGRESS || !of_server) return;
  if (op.error != ETIMEDOUT || plan.is_slow()) network.excuse(index);
}

std::string who_waits(Work& work) {
  std::string text = "nothing can happen any more:";
  const char* separator = " ";
  const auto add = [&](const Op& op) {
    if (!op.in_flight) return;
    text += separator + waiting(op);
    separator = ", ";
  };
  work.sessions.for_each([&](Session& session) {
    add(session.peer.record.op);
    for (OutgoingStream* each = session.outgoing; each != nullptr; each = each->next) {
      add(each->record.op);
    }
  });
  return text;
}

}  // namespace weir::sim
