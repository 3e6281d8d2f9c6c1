#include "load/personas.hpp"

#include <memory>
#include <sys/socket.h>

#include <weir/error.hpp>

#include "load/pipeline.hpp"

namespace weir::load {
namespace {

/// What the personas of a run share.
struct Crowd {
  Course& course;
  std::string request;
  std::optional<Repeated> requests;  // where there are pipeliners
};

constexpr std::size_t requests_together = 16;

enum class Persona { slow_sender, slow_reader, idle, aborter, pipeliner };

/// A byte at a time, and it takes the answers as they come.
Task<> send_slowly(Stream& server, const std::string& request) {
  constexpr Duration pause = std::chrono::milliseconds(200);
  for (std::size_t i = 0;; i = (i + 1) % request.size()) {
    co_await server.write(std::string_view(request).substr(i, 1));
    const Time next = Clock::now() + pause;
    for (;;) {
      const std::size_t first = co_await server.io().wait(readable(server), until(next));
      if (first == 1) break;
      const Bytes answer = co_await server.read();
      if (!answer) co_return;
    }
  }
}

Task<> never_read(Stream& server, const std::string& request) {
  for (;;) co_await server.write(request);
}

Task<> abort_in_the_middle(Stream& server, const std::string& request) {
  co_await server.write(std::string_view(request).substr(0, request.size() / 2));
  constexpr linger reset{1, 0};  // close(2) resets: socket(7), SO_LINGER
  ::setsockopt(server.record.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

Task<> send_together(Stream& server, const Repeated& requests) {
  Pipeline pipeline(server, requests);
  for (;;) {
    pipeline.send(requests_together);
    while (pipeline.unanswered() > 0) co_await pipeline.go_on();
  }
}

Task<> behave(Stream& server, const Crowd& crowd, Persona persona, bool first) {
  if (persona != Persona::idle) co_await crowd.course.plan.exchanges.greet(server);
  if (first) ++crowd.course.placed;
  switch (persona) {
    case Persona::slow_sender:
      co_await send_slowly(server, crowd.request);
      break;
    case Persona::slow_reader:
      co_await never_read(server, crowd.request);
      break;
    case Persona::idle:
      co_await crowd.course.end.pass();
      break;
    case Persona::aborter:
      co_await abort_in_the_middle(server, crowd.request);
      break;
    case Persona::pipeliner:
      co_await send_together(server, *crowd.requests);
      break;
  }
}

/// One connection, however it ends: the server's complaints are its own affair.
Task<> connect_once(Io& io, const Crowd& crowd, Persona persona, bool first) {
  const Connected connected = co_await io.connect(crowd.course.plan.target);
  if (!connected) co_return;
  try {
    co_await behave(*connected.stream, crowd, persona, first);
  } catch (const StreamError&) {
    co_return;
  } catch (const ProtocolError&) {
    co_return;
  }
}

/// Comes again whenever its connection has ended: an aborter by its own doing.
Task<> client(Io& io, std::shared_ptr<const Crowd> crowd, Persona persona) {
  constexpr Duration pause = std::chrono::milliseconds(100);
  for (bool first = true; crowd->course.phase != Course::Phase::over; first = false) {
    co_await connect_once(io, *crowd, persona, first);
    if (crowd->course.phase == Course::Phase::over) break;
    co_await io.sleep(pause);
  }
}

}  // namespace

std::vector<std::function<Task<>(Io&)>> persona_sessions(Course& course) {
  const Personas& personas = course.plan.personas;
  std::vector<std::function<Task<>(Io&)>> sessions;
  if (personas.count() == 0) return sessions;
  const Plan& plan = course.plan;
  Crowd shared{course, request_of(plan.exchanges, plan.request_bytes), std::nullopt};
  if (personas.pipeliners > 0) {
    shared.requests.emplace(plan.exchanges, plan.request_bytes, requests_together);
  }
  const auto crowd = std::make_shared<const Crowd>(std::move(shared));
  const auto add = [&](std::uint32_t count, Persona persona) {
    for (std::uint32_t i = 0; i < count; ++i) {
      sessions.emplace_back([crowd, persona](Io& io) { return client(io, crowd, persona); });
    }
  };
  add(personas.slow_senders, Persona::slow_sender);
  add(personas.slow_readers, Persona::slow_reader);
  add(personas.idle, Persona::idle);
  add(personas.aborters, Persona::aborter);
  add(personas.pipeliners, Persona::pipeliner);
  return sessions;
}

}  // namespace weir::load
