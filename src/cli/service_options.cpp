#include "cli/service_options.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/suggest.hpp"

namespace weir::cli {
namespace {

const ServiceOption* find(const Service& service, const std::string& name) {
  for (const ServiceOption& option : service.options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::vector<std::string> names_with(const std::vector<Service>& services,
                                    const std::string& option) {
  std::vector<std::string> names;
  for (const Service& service : services) {
    if (find(service, option) != nullptr) names.push_back(service.name);
  }
  return names;
}

void check_name(const Verb& verb, const Service& service, const std::string& name) {
  constexpr const char* letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (!name.starts_with("--") || name.size() < 3 || name[2] == '-' ||
      name.find_first_not_of(letters) != std::string::npos) {
    throw Failure(wrong_usage, fmt::format("service '{}' has an option '{}'; write it --like-this",
                                           service.name, name));
  }
  if (!verb.has(name)) return;
  throw Failure(wrong_usage,
                fmt::format("service '{}' has an option {}, which '{}' has of its own; "
                            "give it another name",
                            service.name, name, verb.name()));
}

}  // namespace

void GivenOptions::add_to(Verb& verb, const std::vector<Service>& services) {
  std::set<std::string> added;
  for (const Service& service : services) {
    for (const ServiceOption& option : service.options) {
      if (!added.insert(option.name).second) continue;
      check_name(verb, service, option.name);
      const std::string help =
          services.size() == 1
              ? option.help
              : fmt::format("{}: {}", listed(names_with(services, option.name)), option.help);
      const std::string name = option.name;
      if (option.value.empty()) {
        verb.flag(name, help, [this, name] { given_.push_back({name, ""}); });
        continue;
      }
      verb.option(name, option.value, help, "", [this, name](const std::string& word) {
        if (word.empty()) throw std::invalid_argument("its value is empty; leave it out");
        given_.push_back({name, word});
      });
    }
  }
}

void GivenOptions::give_to(const Service& service) const {
  for (const Given& given : given_) {
    const ServiceOption* option = find(service, given.name);
    if (option == nullptr) {
      throw Failure(wrong_usage, fmt::format("service '{}' has no option {}; leave it out",
                                             service.name, given.name));
    }
    try {
      option->set(given.value);
    } catch (const std::invalid_argument& error) {
      throw Failure(wrong_usage, fmt::format("{}: {}", given.name, error.what()));
    }
  }
  if (!service.prepare) return;
  try {
    service.prepare();
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, error.what());
  } catch (const std::runtime_error& error) {
    throw Failure(failed, error.what());
  }
}

std::vector<std::string> GivenOptions::words() const {
  std::vector<std::string> words;
  for (const Given& given : given_) {
    words.push_back(given.name);
    if (!given.value.empty()) words.push_back(given.value);
  }
  return words;
}

}  // namespace weir::cli
