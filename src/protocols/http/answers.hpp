#pragma once
#include <atomic>
#include <exception>
#include <memory>
#include <string>

#include <weir/http.hpp>
#include <weir/stream.hpp>

#include "http/answer_lines.hpp"
#include "http/file_body.hpp"
#include "http/receiver.hpp"
#include "http/replies.hpp"

namespace weir::http {

/// What is to be done after some answers have been gathered.
enum class Next : std::uint8_t {
  go_on,  // with what is left of what was read, if anything
  wait,   // the next request has to be waited for, or its handler
  close   // once the answers are written, and the file
};

/// What is answered and not yet sent.
struct Answers {
  Answers(const Site& site, const Stream& peer)
      : draining(peer.record.draining), lines(site, peer) {}

  Replies replies;
  std::shared_ptr<const FileBody> file;  // follows the last of the replies
  std::exception_ptr failure;            // of a handler; its reply says that it has failed
  const std::atomic<bool>& draining;     // of the connection: no request follows
  AnswerLines lines;
};

inline Asked asked_by(const Request& request, bool keep_alive) {
  return {request.method() == "HEAD", keep_alive, request.minor_version()};
}

inline void add(Answers& answers, const Request& request, const Response& response,
                const Asked& asked) {
  const std::uint64_t bytes = answers.replies.add(response, asked);
  if (response.file != nullptr && !asked.head_only) {
    answers.file = {response.keeps, response.file};
  }
  if (answers.lines) [[unlikely]]
    answers.lines.add(request, response.status, bytes);
}

/// Of a request of which `rest` is what has not been taken.
inline void refuse(Answers& answers, const Receiver& receiver, std::string_view rest, int status) {
  const Asked asked = receiver.has_head() ? asked_by(receiver.request(), false) : Asked{};
  const std::uint64_t bytes = answers.replies.add_refusal(status, asked);
  if (!answers.lines) return;
  if (receiver.has_head()) {
    answers.lines.add(receiver.request(), status, bytes);
  } else {
    answers.lines.add_refused(receiver.begun(rest), status, bytes);
  }
}

/// In a catch: a handler has failed.
inline Next fail(Answers& answers, const Request& request) {
  const std::uint64_t bytes = answers.replies.add_refusal(500, asked_by(request, false));
  answers.failure = std::current_exception();
  if (answers.lines) answers.lines.add(request, 500, bytes);
  return Next::close;
}

/// Nobody answers for the path, or not to the method: RFC 9110, sections 15.5.5 and 15.5.6.
inline Response unserved(const std::string& allowed) {
  if (allowed.empty()) return text("404 Not Found\n", 404);
  Response response = text("405 Method Not Allowed\n", 405);
  response.add("Allow", allowed);
  return response;
}

}  // namespace weir::http
