#pragma once
#include <string_view>

#include <weir/http.hpp>
#include <weir/stream.hpp>

#include "http/answers.hpp"
#include "http/receiver.hpp"

namespace weir::http {

/// Whether the request is for a handler that takes it in pieces.
const StreamHandler* stream_handler_of(const Site& site, Request& request);

/// Answers a request, of which the receiver has the head and `rest` is what else has been read, with a
/// handler that takes and gives pieces.
Task<Next> answer_in_pieces(Stream& peer, const Site& site, Receiver& receiver,
                            std::string_view& rest, Answers& answers);

}  // namespace weir::http
