#pragma once
#include <weir/http.hpp>

namespace weir::work {

/// Answers a web client as `session` answers a line: the query is the request, with `&` for its spaces
/// (`/work?block=3ms&reply=4KiB`). What can't be understood is answered 400, and so is `crash`.
///
/// It lets whoever comes block and burn: for measuring only.
Task<http::Response> answer(const http::Request& asked, Io& io);

}  // namespace weir::work
