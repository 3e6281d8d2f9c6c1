#pragma once
#include <string>

#include <weir/address.hpp>
#include <weir/service.hpp>

namespace weir::cli {

struct ClientOptions {
  Address address;
  std::uint32_t clients = 1;
  double pace = 1;
  bool lanes = false;
  std::string svg;   // the lanes as a picture: a file, or - for stdout; empty: none
  std::string json;  // a file, or - for stdout; empty: none
  bool quiet = false;
};

/// Runs the service's simulated clients at once and says what happened to each. Returns the exit
/// code: 3 when an answer was wrong or the server could not be reached. Throws Failure.
int client(const Service& service, const ClientOptions& options);

}  // namespace weir::cli
