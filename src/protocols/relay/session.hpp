#pragma once
#include <weir/service.hpp>

namespace weir::relay {

/// The relay's side of one connection: connects to `to`, which has to outlive the session, and
/// carries bytes both ways at once until both sides have finished. A half-close is passed on. No
/// more than one loan is on its way in each direction: while one side takes nothing, nothing is
/// read from the other. A side that is reset ends both; the other one sees an end, not a reset.
///
/// Throws StreamError, which ends both connections: when `to` can't be reached, when either side
/// fails, and with ETIMEDOUT when a side has taken nothing for 30 s of what it is sent.
Task<> session(Stream& client, const Address& to);

/// The service `relay`, on port 8080. Its option `--to HOST:PORT` has to be given to a server.
Service service();

}  // namespace weir::relay
