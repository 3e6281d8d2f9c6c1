// Turns each line around, and at the end what is left without a newline. PLANT_BUG forgets that.
#include <fstream>
#include <iterator>
#include <string>

#include <weir/weir.hpp>

weir::Task<> backwards(weir::Stream& peer) {
  constexpr std::size_t line_bytes_max = 80;  // a longer one is answered in pieces
  std::string line;
  co_await peer.write("your lines?\n");
  while (weir::Bytes bytes = co_await peer.read()) {
    for (const char c : bytes) {
      if (c != '\n') line.insert(line.begin(), c);
      if (c != '\n' && line.size() < line_bytes_max) continue;
      co_await peer.write(line, "\n");
      line.clear();
    }
  }
#ifndef PLANT_BUG
  if (!line.empty()) co_await peer.write(line, "\n");
#endif
}

int main(int argc, char** argv) {
  std::ifstream file(TRANSCRIPT);
  weir::Service service{.name = "backwards", .port = 9092, .session = backwards};
  service.transcript = std::string(std::istreambuf_iterator<char>(file), {});
  return weir::run(argc, argv, service);
}
