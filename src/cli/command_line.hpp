// What can be said on a command line, verb by verb. Behind it is CLI11, which only command_line.cpp
// sees; what it has to say about mistakes is put into sentences there.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <weir/time.hpp>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace weir::cli {

/// A verb of the command, and what may follow it. What is given by reference gets the value when
/// the command line is parsed, so it must live until then.
///
/// `names` of an option are as a user writes them: `-m,--model`. `type` stands for the value in the
/// help: `MODEL`.
class Verb {
 public:
  /// Takes the word that was given. Throws std::invalid_argument with one sentence.
  using Parse = std::function<void(const std::string& word)>;

  enum class Needed { yes, no };

  Verb(CLI::App& app, std::function<int()>& chosen) : app_(&app), chosen_(&chosen) {}

  /// A word that stands for itself, in its place.
  void word(const std::string& name, std::string& value, const std::string& help, Needed needed);
  /// As many such words as there are, at least one.
  void words(const std::string& name, std::vector<std::string>& values, const std::string& help);

  /// An option whose value `parse` takes. `otherwise`: what holds when it is not given, for the
  /// help.
  void option(const std::string& names, const std::string& type, const std::string& help,
              const std::string& otherwise, const Parse& parse);
  void text(const std::string& names, const std::string& type, std::string& value,
            const std::string& help);
  /// May be given several times.
  void texts(const std::string& names, const std::string& type, std::vector<std::string>& values,
             const std::string& help);
  void texts(const std::string& names, const std::string& type, const std::string& help,
             const Parse& parse);
  void duration(const std::string& names, Duration& value, const std::string& help,
                Duration least = Duration(0));
  void bytes(const std::string& names, std::size_t& value, const std::string& help);
  void flag(const std::string& names, bool& value, const std::string& help);
  void flag(const std::string& names, const std::string& help, const std::function<void()>& said);

  /// A whole number from `least` to `most`.
  template <std::integral Number>
  void number(const std::string& names, const std::string& type, Number& value,
              const std::string& help, std::uint64_t least = 0,
              std::uint64_t most = std::numeric_limits<Number>::max()) {
    option(names, type, help, std::to_string(value),
           [&value, least, most](const std::string& word) {
             value = static_cast<Number>(parse_number(word, least, most));
           });
  }

  const std::string& name() const;
  /// Whether there is an option `--NAME` so far.
  bool has(const std::string& option) const;

  /// Two options that can't be given together.
  void either(const std::string& flag, const std::string& other);
  /// An option that says nothing without the other.
  void only_with(const std::string& option, const std::string& other);

  /// Whether the option was given, once the command line has been parsed.
  bool said(const std::string& option) const;

  /// Shown below the help; the first is what a user who forgot something is pointed to.
  void examples(const std::vector<std::string>& lines);

  /// What the verb does; returns the exit code.
  void action(std::function<int()> act);

  /// Returns the whole number that `word` is. Throws std::invalid_argument with one sentence.
  static std::uint64_t parse_number(const std::string& word, std::uint64_t least,
                                    std::uint64_t most);

 private:
  CLI::App* app_;
  std::function<int()>* chosen_;  // gets the action of the verb that the command line names
};

class CommandLine {
 public:
  /// `name` is how the command is called, `summary` one sentence about it.
  CommandLine(const std::string& name, const std::string& summary, const std::string& version);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// Adds a verb, under the heading `group` of the help.
  Verb verb(const std::string& name, const std::string& group, const std::string& summary);

  /// Parses the words and does what the verb does; says help and complaints by itself. Returns the
  /// exit code. Throws what the verb throws.
  int run(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
  std::function<int()> chosen_;
};

}  // namespace weir::cli
