#pragma once
#include <weir/service.hpp>

namespace weir::framed {

/// The simulated client of the article: sends `^abc$de^abte$f`, `xyz^123` and `25$^ab0000$abab`
/// with pauses of 1, 1 and 0.2 s, and ends when everything has been answered, which the last four
/// bytes, `1111`, tell. Throws ProtocolError when the answer is not that of the protocol. Source:
/// Bendersky, "Concurrent Servers", part 1 (2017).
Task<> article_client(Stream& server, Script& script);

/// Requests of one message each, for the load generator.
Exchanges exchanges();

}  // namespace weir::framed
