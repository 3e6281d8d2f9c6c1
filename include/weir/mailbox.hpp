#pragma once
#include <cassert>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include <weir/io.hpp>

namespace weir {

class Inbox;
struct Op;

/// What wakes the session that waits for a mailbox, wherever it runs. Part of `Mailbox`.
class Bell {
 public:
  Bell() = default;
  ~Bell() { assert(waiting_ == nullptr); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  std::mutex& mutex() { return mutex_; }

  // --- with the mutex held

  /// There is something to be taken; who waits for it is told.
  void ring();
  void silence() { rung_ = false; }

  // --- for core, on the thread of the session that waits

  /// `op` waits from now on: `inbox` is told once the bell rings, or at once when it has rung.
  void listen(Op& op, Inbox& inbox);
  /// Nobody waits any more, and nothing of it lies in the inbox.
  void ignore();
  bool has_rung();

 private:
  friend class Inbox;

  std::mutex mutex_;
  bool rung_ = false;       // the mailbox holds something
  Inbox* told_ = nullptr;   // who is told when it rings; null: nobody, or told already
  Inbox* inbox_ = nullptr;  // where it may lie, while `waiting_`
  Op* waiting_ = nullptr;   // the wait of its session
  Bell* next_ = nullptr;    // in the inbox
  Bell* previous_ = nullptr;
  bool lies_in_inbox_ = false;
};

/// A bounded queue through which the sessions of one process reach each other. It belongs to the
/// session that takes from it, and must outlive every call of `post`: whoever posts found it in what
/// sessions share, where its owner leaves it while it lives.
///
///     Mailbox<Line> mailbox(100);
///     const std::size_t first = co_await io.wait(readable(peer), posted(mailbox));
template <class Message>
class Mailbox {
 public:
  /// `capacity`: the most messages that it holds, at least 1.
  explicit Mailbox(std::size_t capacity) : capacity_(capacity) {}

  /// Posts a message, from any thread, and wakes the owner. False when the mailbox is full: the
  /// message is not taken, and the poster decides what that means.
  [[nodiscard]] bool post(Message message) {
    const std::lock_guard lock(bell_.mutex());
    if (queue_.size() >= capacity_) return false;
    queue_.push_back(std::move(message));
    bell_.ring();
    return true;
  }

  /// For the owner: the oldest message, or nothing. Never waits.
  std::optional<Message> take() {
    const std::lock_guard lock(bell_.mutex());
    if (queue_.empty()) return std::nullopt;
    std::optional<Message> oldest(std::move(queue_.front()));
    queue_.pop_front();
    if (queue_.empty()) bell_.silence();
    return oldest;
  }

  std::size_t capacity() const { return capacity_; }
  Bell& bell() { return bell_; }

 private:
  const std::size_t capacity_;
  std::deque<Message> queue_;
  Bell bell_;
};

/// A source of `Io::wait`: the mailbox holds a message.
template <class Message>
Source posted(Mailbox<Message>& mailbox) {
  return {Source::Kind::posted, nullptr, never, &mailbox.bell()};
}

}  // namespace weir
