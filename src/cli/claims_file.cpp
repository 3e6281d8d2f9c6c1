// Claims are a text file, claims/claims.toml.
#include <fstream>
#include <stdexcept>
#include <toml++/toml.h>

#include <fmt/format.h>

#include "cli/claims.hpp"
#include "cli/failure.hpp"

namespace weir::cli {
namespace {

[[noreturn]] void refuse(const std::string& path, const toml::node& node, const std::string& why) {
  throw Failure(wrong_usage, fmt::format("{}:{}: {}", path, node.source().begin.line, why));
}

Claim claim_of(const std::string& path, const toml::table& table) {
  Claim claim;
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    if (name == "text" || name == "figure" || name == "over") {
      if (!node.is_string()) refuse(path, node, fmt::format("{} is to be a text", name));
      (name == "text"     ? claim.text
       : name == "figure" ? claim.figure
                          : claim.over) = node.as_string()->get();
    } else if (name == "more_than" || name == "less_than") {
      const std::optional<double> number = node.value<double>();
      if (!number) refuse(path, node, fmt::format("{} is to be a number", name));
      (name == "more_than" ? claim.more_than : claim.less_than) = number;
    } else {
      refuse(path, node,
             fmt::format("there is no '{}' (only text, figure, over, more_than, "
                         "less_than)",
                         name));
    }
  }
  if (claim.text.empty() || claim.figure.empty()) refuse(path, table, "text or figure is missing");
  if (claim.more_than.has_value() == claim.less_than.has_value()) {
    refuse(path, table, "there is to be one of more_than and less_than");
  }
  return claim;
}

}  // namespace

std::vector<Claim> read_claims(const std::string& path) {
  std::ifstream text(path);
  if (!text) {
    throw Failure(wrong_usage, fmt::format("can't read the claims {}; is the file there?", path));
  }
  toml::table file;
  try {
    file = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    throw Failure(wrong_usage,
                  fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
  std::vector<Claim> claims;
  const toml::array* list = file["claim"].as_array();
  if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) {
    throw Failure(wrong_usage, path + ":1: there is no [[claim]] in it");
  }
  for (const toml::node& each : *list) claims.push_back(claim_of(path, *each.as_table()));
  return claims;
}

}  // namespace weir::cli
