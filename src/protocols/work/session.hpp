#pragma once
#include <weir/service.hpp>

namespace weir::work {

/// Whether a request may end the process, as a bug would.
enum class Crashes { refused, allowed };

/// The server's side of one connection: does what each line asks for (request.hpp), one after the
/// other, and answers with a line of the size that was asked for; or `error: ` and why.
Task<> session(Stream& peer, Crashes crashes);

/// The service `work`, on port 9092: what the scenarios of `weir compare` are made of.
Service service();

}  // namespace weir::work
