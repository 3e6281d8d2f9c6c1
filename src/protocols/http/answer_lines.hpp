#pragma once
#include <memory>
#include <string>
#include <string_view>

#include <weir/http.hpp>
#include <weir/stream.hpp>

namespace weir::http {

/// The lines of the access log for answers that are written together. Without a log it is a null
/// pointer.
class AnswerLines {
 public:
  AnswerLines(const Site& site, const Stream& peer) {
    if (site.access_log) [[unlikely]]
      begin(*site.access_log, peer);
  }

  explicit operator bool() const { return lines_ != nullptr; }
  /// `bytes` of content are the answer to the request.
  void add(const Request& request, int status, std::uint64_t bytes);
  /// The same for one that was refused before it was understood; `begin` is what came of it.
  void add_refused(std::string_view begin, int status, std::uint64_t bytes);
  /// Of the answer that was added last, so many have been sent.
  void correct(std::uint64_t bytes);
  /// Hands over what was added.
  void flush();

 private:
  struct Lines;
  struct HandOver {  // and forget them
    void operator()(Lines* lines) const;
  };
  void begin(const AccessLog& log, const Stream& peer);

  std::unique_ptr<Lines, HandOver> lines_;
};

}  // namespace weir::http
