#include "conformance/transcripts.hpp"

#include <algorithm>
#include <filesystem>

namespace weir::test {

using load::Transcript;

std::vector<Transcript> ServiceCase::transcripts() const {
  std::vector<Transcript> all =
      load::read_transcripts(std::filesystem::path(WEIR_SOURCE_DIR) / "tests/transcripts" / folder);
  std::erase_if(all, [this](const Transcript& transcript) {
    return std::find(but.begin(), but.end(), transcript.name) != but.end();
  });
  return all;
}

std::string describe(const Cuts& cuts) {
  std::string text = "cut at";
  for (const std::size_t cut : cuts) text += " " + std::to_string(cut);
  return text;
}

Cuts single_cuts(std::size_t size) {
  // Trying all in 5 MB would take days.
  constexpr std::size_t every_cut_bytes_max = 1024;
  constexpr std::size_t chosen_cuts = 50;
  Cuts cuts;
  if (size <= every_cut_bytes_max) {
    for (std::size_t cut = 1; cut < size; ++cut) cuts.push_back(cut);
    return cuts;
  }
  for (std::size_t cut = 1; cut < size; cut *= 2) cuts.insert(cuts.end(), {cut, size - cut});
  const std::size_t more = chosen_cuts - std::min(cuts.size(), chosen_cuts - 1);
  for (std::size_t i = 1; i <= more; ++i) cuts.push_back(size / (more + 1) * i + i);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

std::string play_cut(const RunningServer& server, const ServiceCase& service,
                     std::string_view bytes, const Cuts& cuts, std::string_view expected) {
  const auto answered = [&](std::size_t sent) {
    return service.answered == nullptr ? 0 : service.answered(bytes.substr(0, sent));
  };
  Client client = server.connect_silently();
  std::string answer = client.receive(answered(0));
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    client.send(bytes.substr(from, cut - from));
    const std::size_t size = answered(cut);
    if (size > answer.size()) {
      answer += client.receive(size - answer.size());
    } else {
      client.wait_until_taken();
    }
    from = cut;
  }
  client.send(bytes.substr(from));
  client.finish();
  answer += client.receive_to_end();
  return difference(expected, answer);
}

}  // namespace weir::test
