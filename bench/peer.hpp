// Web servers of others as contestants, with the configuration in peers/.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.hpp"
#include "lab/process.hpp"

namespace weir::bench {

/// What is served, and where servers may write. It goes with its owner.
class Place {
 public:
  /// Makes a folder with the files below `root()`: `plaintext` of 13 bytes, `1k` and `1m`. Throws
  /// std::runtime_error when it can't.
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const std::string& path() const { return path_; }
  std::string root() const { return path_ + "/root"; }

 private:
  std::string path_;
};

struct Peer {
  std::string name;
  std::string program;                 // where Debian puts it
  std::string package;                 // of Debian
  std::string config;                  // below peers/
  std::vector<std::string> arguments;  // CONFIG is where the configuration is
};

/// All that are known: nginx, h2o, lighttpd, haproxy, and apache under each of its MPMs.
const std::vector<Peer>& all_peers();

bool is_installed(const Peer& peer);

/// The peer as a contestant; `start_peer` starts it by its name.
lab::Contestant contestant_of(const Peer& peer);
bool is_peer(const lab::Contestant& contestant);

/// Starts a peer at a free port, and waits until it accepts. Throws std::runtime_error with what it
/// said when it doesn't.
lab::Server start_peer(const lab::Contestant& contestant, const lab::Process::Options& options,
                       const Place& place);

}  // namespace weir::bench
