#include "models/uring_doors.hpp"

#include <cerrno>
#include <poll.h>
#include <utility>

namespace weir {
namespace {

// As many as can come before a request that accepts all of them is ended.
constexpr std::uint32_t plenty = 2 * Ring::completions_max;
constexpr int accepts_at_once_max = 64;

bool is_want_of_descriptors(int result) {
  return result == -EMFILE || result == -ENFILE || result == -ENOMEM || result == -ENOBUFS;
}

}  // namespace

Doors::Doors(Ring& ring, EventLoop& loop, Work& work)
    : ring_(ring), loop_(loop), work_(work), doors_(work.listeners.size()) {}

bool Doors::has_plenty() const {
  return !short_of_descriptors_ && work_.sessions.open() + plenty <= work_.connections_max;
}

void Doors::watch() {
  const bool accepting = loop_.accepting();
  for (std::size_t i = 0; i < doors_.size(); ++i) {
    if (doors_[i].watch == Watch::accept && !has_plenty()) end_watch(i);
    if (doors_[i].watch != Watch::none || !accepting) continue;
    const Tag tag = Tag::of(Tag::Kind::listener, i);
    doors_[i].watch = has_plenty() ? Watch::accept : Watch::poll;
    if (doors_[i].watch == Watch::accept)
      ring_.accept_all(work_.listeners[i].fd(), tag);
    else
      ring_.poll(work_.listeners[i].fd(), POLLIN, tag);
  }
}

void Doors::end_watch(std::size_t index) {
  if (doors_[index].watch == Watch::none || std::exchange(doors_[index].ending, true)) return;
  ring_.cancel(Tag::of(Tag::Kind::listener, index));
}

void Doors::take(const Completion& completion) {
  const std::size_t index = completion.tag.whose();
  const Watch watch = doors_[index].watch;
  if (!completion.more_to_come()) doors_[index] = {};
  if (completion.result < 0) {  // it was cancelled, or a connection ended in the queue, or ...
    // Whether anybody is there who can't be accepted, a poll will tell.
    if (is_want_of_descriptors(completion.result)) short_of_descriptors_ = true;
  } else if (watch == Watch::accept) {
    open(Descriptor(completion.result));
  } else {
    accept_some(work_.listeners[index]);
  }
  if (!completion.more_to_come() || !has_plenty()) loop_.look_again();
}

void Doors::open(Descriptor connection) {
  work_.sessions.open(loop_.context(), std::move(connection)).begin();
}

/// True: there may be more.
bool Doors::accept_some(Listener& listener) {
  for (int i = 0; i < accepts_at_once_max && loop_.accepting(); ++i) {
    Listener::Accepted accepted = listener.accept();
    short_of_descriptors_ = accepted.outcome == Listener::Outcome::refused;
    if (accepted.outcome == Listener::Outcome::none) return false;
    if (accepted.outcome == Listener::Outcome::refused)
      loop_.pause_accepting();
    else
      open(std::move(accepted.fd));
  }
  return loop_.accepting();
}

bool Doors::shut() {
  bool watched = false;
  for (std::size_t i = 0; i < doors_.size(); ++i) {
    end_watch(i);
    watched |= doors_[i].watch != Watch::none;
  }
  if (watched || std::exchange(shut_, true)) return false;
  for (Listener& listener : work_.listeners) {
    for (int i = 0; i < accepts_at_once_max && accept_some(listener); ++i) continue;
  }
  return true;
}

}  // namespace weir
