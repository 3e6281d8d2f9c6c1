// Threads that nobody waits for, with stacks that the C library can keep for the next ones.
#pragma once

#include <cstddef>
#include <memory>
#include <pthread.h>
#include <system_error>
#include <utility>

namespace weir {

/// Runs `job` on a thread of its own. With stacks of the usual 8 MiB glibc keeps no more than five
/// (40 MiB: its manual, Tunables, glibc.pthread.stack_cache_size); each thread beyond that maps one,
/// touches it page by page, and unmaps it again. `stack_bytes`: whole pages, at least
/// PTHREAD_STACK_MIN; it is resident as far as it is used. Throws std::system_error when there can be
/// no more threads: pthread_create(3).
template <class Job>
void start_detached(std::size_t stack_bytes, Job job) {
  struct Attributes {
    pthread_attr_t value;
    Attributes() { ::pthread_attr_init(&value); }
    ~Attributes() { ::pthread_attr_destroy(&value); }
  } attributes;
  ::pthread_attr_setstacksize(&attributes.value, stack_bytes);
  ::pthread_attr_setdetachstate(&attributes.value, PTHREAD_CREATE_DETACHED);

  auto owned = std::make_unique<Job>(std::move(job));
  const auto run = [](void* given) -> void* {
    const std::unique_ptr<Job> own(static_cast<Job*>(given));
    (*own)();
    return nullptr;
  };
  pthread_t thread{};
  const int error = ::pthread_create(&thread, &attributes.value, run, owned.get());
  if (error != 0) throw std::system_error(error, std::generic_category(), "pthread_create");
  static_cast<void>(owned.release());  // it is the thread's now
}

}  // namespace weir
