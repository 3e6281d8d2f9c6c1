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

namespace {

std::string describe(const Cuts& cuts) {
  std::string text = "cut at";
  for (const std::size_t cut : cuts) text += " " + std::to_string(cut);
  return text;
}

/// A client that sends `bytes` cut up at `cuts`, then finishes.
class CutClient {
 public:
  CutClient(const RunningServer& server, const ServiceCase& service, std::string_view bytes,
            const Cuts& cuts)
      : client_(server.connect_silently()), service_(service), bytes_(bytes), cuts_(cuts) {}

  void hear_greeting() { answer_ = client_.receive(answered(0)); }

  void send_piece(std::size_t index) {
    const std::size_t from = index == 0 ? 0 : cuts_[index - 1];
    client_.send(bytes_.substr(from, cuts_[index] - from));
  }
  void wait_until_read(std::size_t index) {
    const std::size_t size = answered(cuts_[index]);
    if (size > answer_.size())
      answer_ += client_.receive(size - answer_.size());
    else
      client_.wait_until_taken();
  }
  void finish() {
    client_.send(bytes_.substr(cuts_.back()));
    client_.finish();
  }
  /// From the greeting to the end.
  std::string answer() { return answer_ + client_.receive_to_end(); }

 private:
  std::size_t answered(std::size_t sent) const {
    return service_.answered == nullptr ? 0 : service_.answered(bytes_.substr(0, sent));
  }

  Client client_;
  const ServiceCase& service_;
  std::string_view bytes_;
  const Cuts& cuts_;
  std::string answer_;
};

}  // namespace

std::string play_cuts(const RunningServer& server, const ServiceCase& service,
                      std::string_view bytes, std::span<const Cuts> all_cuts,
                      std::string_view expected) {
  std::vector<CutClient> clients;
  clients.reserve(all_cuts.size());
  for (const Cuts& cuts : all_cuts) clients.emplace_back(server, service, bytes, cuts);
  for (CutClient& client : clients) client.hear_greeting();
  for (std::size_t piece = 0; piece < all_cuts.front().size(); ++piece) {
    for (CutClient& client : clients) client.send_piece(piece);
    for (CutClient& client : clients) client.wait_until_read(piece);
  }
  for (CutClient& client : clients) client.finish();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string wrong = difference(expected, clients[i].answer());
    if (!wrong.empty()) return describe(all_cuts[i]) + ": " + wrong;
  }
  return {};
}

}  // namespace weir::test
