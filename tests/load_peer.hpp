// For tests of the load generator: a server in this process, and a protocol whose requests are `?` and
// whose answers are `!`.
#pragma once
#include <thread>
#include <utility>

#include <weir/weir.hpp>

#include "core/work.hpp"
#include "load/generator.hpp"
#include "models/models.hpp"

namespace weir::load {

using std::chrono::milliseconds;

/// Has a thread and an epoll loop of its own.
class Served {
 public:
  explicit Served(Work::PeerSession session) : work_(stop_, Limits{}) {
    work_.session = std::move(session);
    work_.listeners.emplace_back(Address::parse("127.0.0.1:0"), 128);
    address_ = work_.listeners.front().address();
    thread_ = std::thread([this] { make_epoll(Trigger::edge)->serve(work_); });
  }
  ~Served() {
    stop_.force();
    thread_.join();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  Address address() const { return address_; }

 private:
  Stop stop_;
  Work work_;
  Address address_;
  std::thread thread_;
};

inline Task<> answer_after(Stream& peer, Duration service) {
  while (const Bytes request = co_await peer.read()) {
    co_await peer.io().sleep(service);
    co_await peer.write("!");
  }
}

inline Task<> never_answer(Stream& peer) {
  while (const Bytes request = co_await peer.read()) continue;
}

inline Task<> greet_with_nothing(Stream&) {
  co_return;
}

inline Task<> ask(Stream& server) {
  co_await server.write("?");
  const Bytes answer = co_await server.read();
  if (std::string_view(answer) != "!") throw ProtocolError("no answer");
}

inline Plan plan_for(const Served& server) {
  Plan plan{.target = server.address(),
            .exchanges = {greet_with_nothing, [](std::size_t) { return ask; }}};
  plan.exchanges.answers = [](const std::string&) { return same_answers("!"); };
  plan.connections = 4;
  plan.warm_up = Duration(0);
  plan.window = milliseconds(400);
  return plan;
}

inline OpenLoop at_rate(double rps) {
  return {{rps, rps}, {Arrivals::Kind::uniform}};
}

inline LoadResult run(const Plan& plan) {
  Stop stop;
  return run(plan, stop);
}

}  // namespace weir::load
