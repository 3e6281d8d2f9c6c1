#include "cli/command_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/failure.hpp"
#include "cli/suggest.hpp"
#include "cli/units.hpp"

namespace weir::cli {
namespace {

/// The verb that was chosen, or the command itself.
const CLI::App& chosen(const CLI::App& app) {
  const auto verbs = app.get_subcommands();
  return verbs.empty() ? app : *verbs.front();
}

std::string name_of(const CLI::App& app, const CLI::App& verb) {
  return &app == &verb ? app.get_name() : app.get_name() + " " + verb.get_name();
}

std::vector<std::string> verb_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  return names;
}

std::string see_help(const CLI::App& app) {
  return fmt::format("; see {} --help", name_of(app, chosen(app)));
}

/// About an option that the verb has not.
std::string about_option(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : chosen(app).get_options()) {
    for (const std::string& each : option->get_lnames()) known.push_back("--" + each);
  }
  const std::string hint = did_you_mean(name, known);
  return fmt::format("'{}' has no option {}{}", name_of(app, chosen(app)), name,
                     hint.empty() ? see_help(app) : hint);
}

/// About a word that nothing was waiting for; empty when there is none.
std::string about_unexpected(const CLI::App& app) {
  const CLI::App& verb = chosen(app);
  const std::vector<std::string> after = verb.remaining();
  const std::vector<std::string> before = &verb == &app ? after : app.remaining(false);
  if (&verb != &app && !before.empty()) {
    return fmt::format("'{}' stands before the verb; write it behind '{}'", before.front(),
                       name_of(app, verb));
  }
  if (after.empty()) return "";
  const std::string& word = after.front();
  if (word.starts_with('-')) return about_option(app, word);
  if (&verb != &app) return fmt::format("'{}' is one word too many{}", word, see_help(app));
  const std::vector<std::string> names = verb_names(app);
  return fmt::format("there is no command '{}'{} (commands: {})", word, did_you_mean(word, names),
                     listed(names));
}

std::string first_example(const CLI::App& verb) {
  const std::string footer = verb.get_footer();
  const std::size_t begin = footer.find("\n  ") + 3;
  return footer.substr(begin, footer.find('\n', begin) - begin);
}

std::string about(const CLI::App& app, const CLI::ParseError& error) {
  // A word that nobody understood explains more than what is missing because of it.
  const std::string unexpected = about_unexpected(app);
  if (!unexpected.empty()) return unexpected;
  // What CLI11 says begins with the option or the word that it is about.
  const std::string message = error.what();
  const auto what = [&message](const char* until) {
    return message.substr(0, message.find(until));
  };
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return fmt::format("{} is missing; write for example: {}", what(" is required"),
                       first_example(chosen(app)));
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    constexpr std::string_view excludes = " excludes ";
    return fmt::format("{} and {} can't go together; leave one out", what(" excludes "),
                       message.substr(message.find(excludes) + excludes.size()));
  }
  if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
    constexpr std::string_view middle = " requires ";
    return fmt::format("{} says nothing without {}; leave it out, or add that", what(" requires "),
                       message.substr(message.find(middle) + middle.size()));
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (message.find("At Most") != std::string::npos) {
      return fmt::format("{} is said more than once; say it once", what(": "));
    }
    if (message.find("flag override") != std::string::npos) {
      return fmt::format("--{} takes no value; leave it out", what(" was given"));
    }
    return fmt::format("{} needs a value after it{}", what(": "), see_help(app));
  }
  return message;  // a value that one of the verbs does not take, in its own words
}

int complain(const CLI::App& app, const CLI::ParseError& error) {
  std::string sentence = about(app, error);
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  fmt::print(stderr, "weir: {}\n", sentence);
  return wrong_usage;
}

CLI::Option* add_option(CLI::App& app, const std::string& names, const std::string& help,
                        const Verb::Parse& parse) {
  const std::string name = names.substr(names.rfind(',') + 1);
  return app.add_option_function<std::string>(
      names,
      [name, parse](const std::string& word) {
        try {
          parse(word);
        } catch (const std::invalid_argument& error) {
          throw CLI::ValidationError(name, error.what());
        }
      },
      help);
}

/// As a user would write it.
std::string as_written(Duration duration) {
  std::string text = duration == Duration(0) ? "0s" : cli::text_of(duration);
  std::erase(text, ' ');
  return text;
}

}  // namespace

void Verb::word(const std::string& name, std::string& value, const std::string& help,
                Needed needed) {
  app_->add_option(name, value, help)->type_name("")->required(needed == Needed::yes);
}

void Verb::words(const std::string& name, std::vector<std::string>& values,
                 const std::string& help) {
  app_->add_option(name, values, help)->type_name("")->required();
}

void Verb::option(const std::string& names, const std::string& type, const std::string& help,
                  const std::string& otherwise, const Parse& parse) {
  CLI::Option* added = add_option(*app_, names, help, parse)->type_name(type);
  if (!otherwise.empty()) added->default_str(otherwise);
}

void Verb::text(const std::string& names, const std::string& type, std::string& value,
                const std::string& help) {
  option(names, type, help, value, [&value](const std::string& word) { value = word; });
}

void Verb::texts(const std::string& names, const std::string& type,
                 std::vector<std::string>& values, const std::string& help) {
  app_->add_option(names, values, help)->type_name(type)->allow_extra_args(false);
}

void Verb::texts(const std::string& names, const std::string& type, const std::string& help,
                 const Parse& parse) {
  const auto parse_all = [names, parse](const std::vector<std::string>& all) {
    try {
      for (const std::string& word : all) parse(word);
    } catch (const std::invalid_argument& error) {
      throw CLI::ValidationError(names, error.what());
    }
  };
  app_->add_option_function<std::vector<std::string>>(names, parse_all, help)
      ->type_name(type)
      ->allow_extra_args(false);
}

void Verb::duration(const std::string& names, Duration& value, const std::string& help,
                    Duration least) {
  option(names, "TIME", help, as_written(value), [&value, least](const std::string& word) {
    const Duration given = parse_duration(word);
    if (given < least) {
      throw std::invalid_argument(
          fmt::format("'{}' is too short; write {} or more", word, as_written(least)));
    }
    value = given;
  });
}

void Verb::bytes(const std::string& names, std::size_t& value, const std::string& help) {
  option(names, "SIZE", help, "", [&value](const std::string& word) { value = parse_bytes(word); });
}

void Verb::flag(const std::string& names, bool& value, const std::string& help) {
  app_->add_flag(names, value, help)->disable_flag_override();
}

void Verb::flag(const std::string& names, const std::string& help,
                const std::function<void()>& said) {
  app_->add_flag_callback(names, said, help)->disable_flag_override();
}

const std::string& Verb::name() const {
  return app_->get_name();
}

bool Verb::has(const std::string& option) const {
  return app_->get_option_no_throw(option) != nullptr;
}

void Verb::either(const std::string& flag, const std::string& other) {
  app_->get_option(flag)->excludes(other);
}

void Verb::only_with(const std::string& option, const std::string& other) {
  app_->get_option(option)->needs(other);
}

bool Verb::said(const std::string& option) const {
  return app_->get_option(option)->count() > 0;
}

void Verb::examples(const std::vector<std::string>& lines) {
  app_->footer(fmt::format("Examples:\n  {}", fmt::join(lines, "\n  ")));
}

void Verb::action(std::function<int()> act) {
  app_->callback([act = std::move(act), chosen = chosen_] { *chosen = act; });
}

std::uint64_t Verb::parse_number(const std::string& word, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  if (!whole || number < least || number > most) {
    throw std::invalid_argument(
        fmt::format("'{}' is not a whole number from {} to {}", word, least, most));
  }
  return number;
}

CommandLine::CommandLine(const std::string& name, const std::string& summary,
                         const std::string& version)
    : app_(std::make_unique<CLI::App>(summary, name)) {
  app_->set_version_flag("--version", version, "say version, build and kernel, and leave");
  app_->set_help_flag("-h,--help", "say what can be said, and leave");
  app_->require_subcommand(0, 1);
  app_->footer(fmt::format(
      "Each command says more with --help: {} compare --help\n"
      "Exit codes: 0 done; 1 failed; 2 wrong usage; 3 target unreachable or wrong answers; "
      "4 a threshold failed; 5 the result is not trustworthy; 130 interrupted",
      name));
}

CommandLine::~CommandLine() = default;

Verb CommandLine::verb(const std::string& name, const std::string& group,
                       const std::string& summary) {
  CLI::App* verb = app_->add_subcommand(name, summary);
  verb->group(group);
  return Verb(*verb, chosen_);
}

int CommandLine::run(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return app_->exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return complain(*app_, error);
  }
  if (chosen_) return chosen_();
  fmt::print(stderr, "{}", app_->help());
  return wrong_usage;
}

}  // namespace weir::cli
