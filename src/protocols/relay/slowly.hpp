#pragma once
#include <weir/stream.hpp>
#include <weir/task.hpp>

#include "relay/link.hpp"

namespace weir::relay {

/// Carries bytes both ways at once until both sides have finished, as over a network of that speed. A
/// half-close comes after the bytes before it. A side is read as long as the link has room. Throws as
/// `session` does.
Task<> carry_slowly(Stream& client, Stream& upstream, LinkSpeed speed);

}  // namespace weir::relay
