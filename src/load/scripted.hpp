// The client side of a service, made of the text of a conversation.
#pragma once
#include <weir/service.hpp>

namespace weir::load {

/// Gives `service` the `exchanges` and the `client` of its transcript, as far as it has none of its
/// own. Throws std::runtime_error with one sentence when the transcript can't be read.
///
/// The greeting is what is expected before the first `send`. What is repeated as one request is
/// what follows, up to the last `expect` before `finish`; in a conversation that the server ends
/// unasked (`end` without `finish`), up to before the last `send`. The rest is how it is closed.
/// Only the simulated client pauses.
void apply_transcript(Service& service);

}  // namespace weir::load
