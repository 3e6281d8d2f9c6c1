#pragma once
#include <weir/service.hpp>

#include "relay/link.hpp"

namespace weir::relay {

/// A `wait` is not bounded by the write timeout, as a `write` is. This is as long as that usually
/// is.
inline constexpr Duration stall_max = std::chrono::seconds(30);

/// The relay's side of one connection: connects to `to`, which has to outlive the session, and
/// carries bytes both ways at once until both sides have finished. A half-close is passed on. No
/// more than one loan is on its way in each direction: while one side takes nothing, nothing is
/// read from the other. A side that is reset ends both; the other one sees an end, not a reset.
/// With a `speed`, which has to outlive it as well, it is as slow as a network of that speed;
/// connecting is not.
///
/// Throws StreamError, which ends both connections: when `to` can't be reached, when either side
/// fails, and with ETIMEDOUT when a side has taken nothing for 30 s of what it is sent.
Task<> session(Stream& client, const Address& to, const LinkSpeed& speed);

/// The service `relay`, on port 8080. Its option `--to HOST:PORT` has to be given to a server; with
/// `--delay TIME` and `--bandwidth SIZE/s` it is a slow network.
Service service();

}  // namespace weir::relay
