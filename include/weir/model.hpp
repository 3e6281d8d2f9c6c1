#pragma once
#include <weir/op.hpp>

namespace weir {

class Stream;
class Work;

/// What became of an operation that was started.
enum class Started { done, pending };

/// A concurrency model: how connections are carried, and who waits for them. The seam between
/// sessions and models is the operation; these four functions are all of it.
class Model {
 public:
  virtual ~Model() = default;

  /// Carries `op` out now (`done`), or completes it later on this same thread (`pending`).
  virtual Started start(Op& op) = 0;

  /// Asks that a pending op end early, with ECANCELED unless its result is there first. It still
  /// completes, exactly once.
  virtual void cancel(Op& op) = 0;

  /// The session is done with `stream`, of which no op is in flight: closes it. Its record lives
  /// until nothing in the model can name it any more; then the model calls `retire`.
  virtual void close(Stream& stream) = 0;

  /// Accepts, runs sessions, drains, returns.
  virtual void serve(Work& work) = 0;
};

}  // namespace weir
