#pragma once
#include <cstddef>
#include <string>

#include <weir/io.hpp>
#include <weir/service.hpp>

namespace weir::load {

/// The bytes that a client writes before it waits for an answer: the session of a request is run
/// against a stream that takes everything and gives nothing.
std::string request_of(const Exchanges& exchanges, std::size_t request_bytes);

/// A request, several times over, so that as many can be written together; and what reads the answers.
class Repeated {
 public:
  /// The exchanges have `answers`; up to `count` requests are to be written at once.
  Repeated(const Exchanges& exchanges, std::size_t request_bytes, std::size_t count);

  std::size_t request_bytes() const { return request_bytes_; }
  const Answers& answers() const { return answers_; }
  /// What is to be written when so many bytes are left of some whole requests, or the beginning of it.
  std::string_view rest(std::size_t left) const;

 private:
  std::string bytes_;
  std::size_t request_bytes_;
  Answers answers_;
};

/// The requests on one connection that are sent before those before are answered. What is written and
/// what is read don't wait for each other, however large they are: a server that answers while it still
/// reads would wait for a client that does not.
class Pipeline {
 public:
  Pipeline(Stream& server, const Repeated& requests);

  /// Sends so many further requests, as far as the kernel takes them now. All before are written.
  void send(std::size_t count);
  bool written() const { return unwritten_bytes_ == 0; }
  /// How many requests are unanswered.
  std::size_t unanswered() const { return unanswered_; }
  /// Writes and reads once; returns how many requests were answered by that, possibly none, which it
  /// is, too, when the time has come. Throws ProtocolError and StreamError.
  Task<std::size_t> go_on(Time until = never);

 private:
  void write();
  std::size_t take(std::string_view piece);

  Stream& server_;
  const Repeated& requests_;
  Answers answers_;
  std::size_t unwritten_bytes_ = 0;
  std::size_t unanswered_ = 0;
};

}  // namespace weir::load
