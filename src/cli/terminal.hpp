#pragma once
#include <weir/address.hpp>
#include <weir/service.hpp>

namespace weir::cli {

/// A person, or a script on stdin, talks to the server: what stdin says goes there, what the server
/// says goes to stdout. The end of stdin (Ctrl-D) is the end of what the client has to say, and it is
/// over when the server ends. Returns the exit code, after Ctrl-C that of the interrupted. Throws
/// Failure: unreachable when the server can't be reached or breaks off.
int terminal(const Service& service, const Address& address);

}  // namespace weir::cli
