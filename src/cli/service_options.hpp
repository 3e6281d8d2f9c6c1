#pragma once
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/command_line.hpp"

namespace weir::cli {

/// What a command line says of the options that services have of their own.
class GivenOptions {
 public:
  /// All that any of the services has, beside the verb's own, which are there before. Must outlive
  /// the parsing. Throws Failure (wrong usage) when an option's name can't be one, or is the verb's.
  void add_to(Verb& verb, const std::vector<Service>& services);

  /// Gives what was said to `service`, and lets it prepare. Throws Failure: wrong usage for an option
  /// that it doesn't have or a value that it doesn't take, failed when it can't prepare.
  void give_to(const Service& service) const;

  /// The same as words of a command line.
  std::vector<std::string> words() const;

 private:
  struct Given {
    std::string name;
    std::string value;  // empty: a flag
  };
  std::vector<Given> given_;
};

}  // namespace weir::cli
