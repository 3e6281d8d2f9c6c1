#pragma once
#include <weir/service.hpp>

#include "chat/room.hpp"

namespace weir::chat {

/// One client's place in `room`, which has to outlive the session. A line that it sends goes to
/// everyone else (not to itself, as in Beej's Guide to Network Programming, whose server this is
/// after), in the order in which it sent them; one that begins with a slash is a command.
///
/// Throws StreamError when the client fails, or is too slow to be told that it is.
Task<> session(Stream& peer, Room& room);

/// The service `chat`, on port 9034. Its sessions share the room.
Service service();

}  // namespace weir::chat
