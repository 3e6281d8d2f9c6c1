// The clients of a run.
#include <cerrno>

#include <fmt/format.h>
#include <weir/error.hpp>

#include "sim/run.hpp"

namespace weir::sim {
namespace {

/// What a client is like.
enum class Persona {
  usual,   // does its exchanges, finishes, and reads to the end
  hasty,   // closes when its exchanges are done
  silent,  // says nothing, and reads to the end; or leaves, when it would wait for ever
};

struct Manner {
  Persona persona = Persona::usual;
  std::uint32_t exchanges = 0;
  Random random;  // of its own, so that it does the same whatever the network does
};

Manner manner_of(const Plan& plan, std::uint32_t number) {
  Manner manner;
  manner.random = Random(plan.seed * 0x9E3779B97F4A7C15 + number);
  if (plan.odd(manner.random)) {
    manner.persona = below(manner.random, 2) == 0 ? Persona::hasty : Persona::silent;
  }
  manner.exchanges = 1 + static_cast<std::uint32_t>(below(manner.random, plan.exchanges_most));
  return manner;
}

Duration pause(Random& random, Duration most) {
  return Duration(below(random, static_cast<std::uint64_t>(most.count()) + 1));
}

/// What was still on its way is of no interest, but the end has to come.
Task<> read_to_the_end(Stream& server) {
  while (Bytes bytes = co_await server.read()) continue;
}

Task<> be_silent(Stream& server, Stage& stage, Random& random) {
  const Plan& plan = stage.world.plan;
  stage.world.network.excuse(Network::index_of(server.record));
  if (plan.idle_timeout != Duration(0)) {
    co_await read_to_the_end(server);
  } else {
    const Duration patience = pause(random, std::chrono::seconds(1));
    co_await server.io().sleep(patience);
  }
}

Task<> converse(Stream& server, Stage& stage, Manner& manner) {
  const Plan& plan = stage.world.plan;
  if (manner.persona == Persona::silent) {
    co_await be_silent(server, stage, manner.random);
    co_return;
  }
  if (stage.service.exchanges.greet) co_await stage.service.exchanges.greet(server);
  for (std::uint32_t i = 0; i < manner.exchanges; ++i) {
    if (plan.think_most != Duration(0)) {
      const Duration thought = pause(manner.random, plan.think_most);
      co_await server.io().sleep(thought);
    }
    std::size_t sizes = 1;
    while (sizes < stage.exchanges.size() &&
           stage.exchanges[sizes].request_bytes <= plan.request_bytes_most) {
      ++sizes;
    }
    const Stage::Exchange& exchange = stage.exchanges[below(manner.random, sizes)];
    co_await exchange.make(server);
  }
  if (manner.persona == Persona::hasty) co_return;
  if (stage.service.exchanges.close) {
    co_await stage.service.exchanges.close(server);
    co_return;
  }
  server.finish();
  co_await read_to_the_end(server);
}

/// What a fault of the connection excuses: that the conversation broke off, never a wrong byte; but
/// for a drain, which ends it for the server wherever it is, so that half a request is answered.
bool is_excused(const StreamRecord& stream, const Plan& plan, Network& network, bool drained,
                int error) {
  const Connection& connection = network.connection(Network::index_of(stream));
  if (error == EPIPE && (connection.faults & bit(Fault::half_close)) != 0) return true;
  if (error == ETIMEDOUT && plan.is_slow()) return true;
  const bool may_fail = connection.may_fail || drained;
  if (error != 0) return may_fail;
  return drained || (may_fail && stream.ended);
}

}  // namespace

Task<> client(Io& io, Stage& stage, std::uint32_t number) {
  Network& network = stage.world.network;
  const Plan& plan = stage.world.plan;
  Manner manner = manner_of(plan, number);
  const Duration late = pause(manner.random, plan.think_most * 4);
  std::string failure;
  int error = 0;
  StreamPtr stream;
  try {
    co_await io.sleep(late);
    Connected connected = co_await io.connect(stage.world.service);
    stream = std::move(connected.stream);
    if (stream != nullptr)
      co_await converse(*stream, stage, manner);
    else
      ++stage.unconnected;
  } catch (const StreamError& broken) {
    error = broken.code().value();
    failure = broken.what();
  } catch (const ProtocolError& wrong) {
    failure = wrong.what();
  } catch (const std::exception& other) {
    failure = fmt::format("it threw what is no StreamError: {}", other.what());
    stage.fail(io.now(), name_of_socket(own_ops_of(number)), failure);
    co_return;
  }
  if (failure.empty() || stream == nullptr) co_return;
  if (is_excused(stream->record, plan, network, stage.world.drained, error)) co_return;
  stage.fail(io.now(), name_of_socket(own_ops_of(number)), failure);
}

}  // namespace weir::sim
