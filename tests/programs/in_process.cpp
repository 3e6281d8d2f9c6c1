// A service whose sessions share memory.
#include <weir/weir.hpp>

namespace {

weir::Task<> greet(weir::Stream& peer) {
  co_await peer.write("hello");
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(argc, argv,
                   {.name = "in_process",
                    .port = 9099,
                    .session = greet,
                    .sharing = weir::Sharing::in_process,
                    .summary = "greets"});
}
