#include "prime/session.hpp"

#include <memory>
#include <string>

#include "lines/lines.hpp"
#include "prime/client.hpp"
#include "prime/codec.hpp"
#include "prime/primality.hpp"

namespace weir::prime {
namespace {

/// Answers that are not yet written are at most so many bytes, and one more answer.
constexpr std::size_t unwritten_bytes_max = 4096;

/// What is heavy goes to where it holds up nobody else. Handing it over and back costs some
/// microseconds, as much as 1,000 divisions, which is what a number of 22 bits takes. Miller-Rabin,
/// at most 10 us for a number of 64 bits, is never worth it.
constexpr std::uint64_t heavy_to_divide = std::uint64_t{1} << 22;

bool is_heavy(std::uint64_t number, Way way) {
  return way == Way::division && number >= heavy_to_divide;
}

bool work_out(std::uint64_t number, Way way) {
  return way == Way::division ? is_prime_by_division(number) : is_prime(number);
}

Verdict verdict(bool prime) {
  return prime ? Verdict::prime : Verdict::composite;
}

/// Adds the answer to `answers`, which it writes before it sets to something heavy.
Task<> answer(Stream& peer, Question question, Way way, std::string& answers) {
  const std::uint64_t number = question.number;
  if (!question.error.empty()) {
    answers += question.error;
  } else if (number < 2) {
    answers += text(Verdict::neither);
  } else if (!is_heavy(number, way)) {
    answers += text(verdict(work_out(number, way)));
  } else {
    co_await peer.write(answers);
    answers.clear();
    const auto work = [number, way] { return work_out(number, way); };
    const bool prime = co_await peer.io().offload(work);
    answers += text(verdict(prime));
  }
}

}  // namespace

Task<> session(Stream& peer, Way way) {
  lines::Lines lines(line_bytes_max);
  std::string answers;
  Bytes bytes;
  do {
    bytes = co_await peer.read();
    lines.feed(bytes);
    while (const auto line = bytes ? lines.next() : lines.rest()) {
      const Question question = parse(*line);
      co_await answer(peer, question, way, answers);
      if (answers.size() < unwritten_bytes_max) continue;
      co_await peer.write(answers);
      answers.clear();
    }
    co_await peer.write(answers);
    answers.clear();
  } while (bytes);
}

Service service() {
  const auto way = std::make_shared<Way>(Way::miller_rabin);
  Service service{.name = "prime", .port = 8070, .session = [way](Stream& peer) {
                    return session(peer, *way);
                  }};
  service.summary = "a decimal number on a line: prime, composite or neither";
  service.exchanges = exchanges();
  service.client = client;
  service.options = {{"--naive", "", "by trial division: up to half a minute of CPU a number",
                      [way](const std::string&) { *way = Way::division; }}};
  return service;
}

}  // namespace weir::prime
