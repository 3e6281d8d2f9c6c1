#include <cerrno>
#include <charconv>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

#include "wordgame/client.hpp"
#include "wordgame/session.hpp"

namespace weir::wordgame {
namespace {

struct Settings {
  std::string file;  // of words; empty: the built-in ones
  Choice choice;
};

std::uint64_t parse_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument("'" + text +
                                "' is not a whole number from 0 to 18446744073709551615");
  }
  return seed;
}

void load_words(Settings& settings) {
  if (settings.file.empty()) return;
  errno = 0;
  std::ifstream file(settings.file);
  file.peek();  // a folder can be opened, but not read
  if (!file.is_open() || file.bad()) {
    throw std::invalid_argument(settings.file +
                                " can't be read: " + std::generic_category().message(errno));
  }
  file.clear();  // an empty file has been read to its end
  settings.choice.words = Words::read(file, settings.file);
}

}  // namespace

Service service() {
  const auto settings = std::make_shared<Settings>();
  Service service{.name = "wordgame", .port = 7777, .session = [settings](Stream& peer) {
                    return session(peer, settings->choice);
                  }};
  service.summary = "guess a hidden word, letter by letter";
  service.exchanges = exchanges();
  service.client = client;
  service.options = {
      {"--words", "FILE", "words to be guessed, one on each line, in letters from a to z",
       [settings](const std::string& file) { settings->file = file; }},
      {"--word-seed", "N", "makes the choice of words repeatable, the same for each connection",
       [settings](const std::string& seed) { settings->choice.seed = parse_seed(seed); }}};
  service.prepare = [settings] { load_words(*settings); };
  service.interactive = true;
  return service;
}

}  // namespace weir::wordgame
