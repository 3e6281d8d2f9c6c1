// A service of one's own that has to be told a key; and others, with what a user may get wrong: a
// word before the verb says what.
//
//   own serve --key sesame
//   own misspelt serve
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <weir/weir.hpp>

namespace {

weir::Task<> echo(weir::Stream& peer) {
  while (weir::Bytes bytes = co_await peer.read()) co_await peer.write(bytes);
}

weir::Service right() {
  weir::Service service{.name = "own", .port = 9098, .session = echo};
  service.transcript = "send \"abc\"\nexpect \"abc\"\nfinish\nend\n";
  return service;
}

weir::Service with_key() {
  const auto opened = std::make_shared<bool>(false);
  weir::Service service = right();
  service.options = {{"--key", "WORD", "what opens it", [opened](const std::string& key) {
                        if (key != "sesame") throw std::invalid_argument("it stays shut");
                        *opened = true;
                      }}};
  service.prepare = [opened] {
    if (!*opened) throw std::invalid_argument("it is shut; add --key WORD");
  };
  return service;
}

const std::map<std::string, std::function<void(weir::Service&)>> mistakes{
    {"none", [](weir::Service&) {}},
    {"no_name", [](weir::Service& own) { own.name.clear(); }},
    {"no_session", [](weir::Service& own) { own.session = nullptr; }},
    {"no_transcript", [](weir::Service& own) { own.transcript.clear(); }},
    {"misspelt", [](weir::Service& own) { own.transcript = "expect \"a\"\nsned \"b\"\n"; }},
    {"one_shot", [](weir::Service& own) { own.transcript = "send \"a\"\nfinish\nend\n"; }},
    {"shared", [](weir::Service& own) { own.sharing = weir::Sharing::in_process; }},
    {"no_option",
     [](weir::Service& own) {
       own.options = {{"-pool", "N", "", [](const std::string&) {}}};
     }},
    {"taken_option",
     [](weir::Service& own) {
       own.options = {{"--pool", "N", "", [](const std::string&) {}}};
     }},
};

}  // namespace

int main(int argc, char** argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word == "nothing") return weir::run(1, argv, std::vector<weir::Service>{});
  const auto mistake = mistakes.find(word);
  if (mistake == mistakes.end()) return weir::run(argc, argv, with_key());
  weir::Service service = right();
  mistake->second(service);
  std::vector<char*> words{argv[0]};
  words.insert(words.end(), argv + 2, argv + argc);
  return weir::run(static_cast<int>(words.size()), words.data(), std::move(service));
}
