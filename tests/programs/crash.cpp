// A service whose sessions do what they are told to, for tests of what becomes of the others: a byte
// each. And one whose sessions share memory.
#include <csignal>
#include <cstdlib>
#include <unistd.h>

#include <weir/weir.hpp>

namespace {

void obey(char order) {
  switch (order) {
    case 'a':
      std::abort();
    case 's':
      std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would end the process in its own way
      std::raise(SIGSEGV);
      return;
    case 'e':
      ::_exit(3);
    case '0':
      ::_exit(0);
    case 'c':
      for (volatile bool computes = true; computes;) continue;
      return;
    default:  // to be answered
      return;
  }
}

weir::Task<> crash(weir::Stream& peer) {
  while (weir::Bytes bytes = co_await peer.read()) {
    for (std::size_t i = 0; i < bytes.size(); ++i) obey(bytes.data()[i]);
    co_await peer.write(bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(
      argc, argv,
      {{.name = "crash", .port = 9092, .session = crash},
       {.name = "together", .port = 9093, .session = crash, .sharing = weir::Sharing::in_process}});
}
