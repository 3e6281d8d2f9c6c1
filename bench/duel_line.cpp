#include "bench/duel_line.hpp"

#include <cstdlib>
#include <getopt.h>
#include <random>

#include <fmt/format.h>

namespace weir::bench {
namespace {

constexpr int first_own = 256;  // behind all letters

std::vector<option> options_of(const std::vector<OwnOption>& own) {
  std::vector<option> all{{"connections", required_argument, nullptr, 'c'},
                          {"rounds", required_argument, nullptr, 'r'},
                          {"seed", required_argument, nullptr, 's'},
                          {"help", no_argument, nullptr, 'h'}};
  for (std::size_t i = 0; i < own.size(); ++i) {
    all.push_back({own[i].name, required_argument, nullptr, first_own + static_cast<int>(i)});
  }
  all.push_back({nullptr, 0, nullptr, 0});
  return all;
}

}  // namespace

void parse_duel(const Program& program, std::string_view usage, int argc, char** argv,
                std::size_t& connections, DuelOptions& duel, const std::vector<OwnOption>& own) {
  duel.seed = std::random_device()();
  const std::vector<option> known = options_of(own);
  for (int given = 0; (given = ::getopt_long(argc, argv, "c:h", known.data(), nullptr)) != -1;) {
    if (given == 'h') {
      fmt::print("{}", usage);
      std::exit(0);
    }
    if (given == '?') program.refuse("wrong usage");
    if (given == 'c') connections = program.number("--connections", optarg, 1);
    if (given == 'r') duel.rounds = program.number("--rounds", optarg, 1);
    if (given == 's') duel.seed = program.number("--seed", optarg, 0);
    if (given >= first_own) own[static_cast<std::size_t>(given - first_own)].take(optarg);
  }
  if (optind < argc) program.refuse(fmt::format("'{}' means nothing here", argv[optind]));
}

}  // namespace weir::bench
