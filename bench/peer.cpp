#include "bench/peer.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

#include "lab/external.hpp"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;

void write_file(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

/// Apache under one of its ways to concurrency.
Peer apache(const std::string& mpm) {
  return {"apache-" + mpm,
          "/usr/sbin/apache2",
          "apache2",
          "apache.conf",
          {"-DFOREGROUND", "-f", "CONFIG", "-C", "Define mpm " + mpm}};
}

const Peer& peer_of(const lab::Contestant& contestant) {
  const auto& all = all_peers();
  const auto found = std::find_if(all.begin(), all.end(), [&contestant](const Peer& peer) {
    return peer.name == contestant.name;
  });
  if (found == all.end()) throw std::runtime_error(contestant.name + " is no peer");
  return *found;
}

/// The peer's configuration, with what is only known now; returns where it is.
std::string configure(const Peer& peer, const Place& place, std::uint16_t port) {
  const std::string folder = place.path() + "/" + peer.name;
  fs::create_directory(folder);
  std::ifstream pattern(WEIR_BENCH_DIR "/peers/" + peer.config);
  std::string text{std::istreambuf_iterator<char>(pattern), {}};
  replace_all(text, "FOLDER", folder);
  replace_all(text, "ROOT", place.root());
  replace_all(text, "PORT", std::to_string(port));
  const std::string path = folder + "/config";
  write_file(path, text);
  return path;
}

}  // namespace

Place::Place() : path_((fs::temp_directory_path() / "weir-peers-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no room for a folder");
  fs::permissions(path_, fs::perms(0755));  // a server that has given up root's rights reads it
  fs::create_directory(root());
  write_file(root() + "/plaintext", "Hello, World!");
  write_file(root() + "/1k", std::string(1024, 'k'));
  write_file(root() + "/1m", std::string(1024 * 1024, 'm'));
}

Place::~Place() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

const std::vector<Peer>& all_peers() {
  static const std::vector<Peer> all{
      {"nginx", "/usr/sbin/nginx", "nginx-light", "nginx.conf", {"-c", "CONFIG"}},
      {"h2o", "/usr/bin/h2o", "h2o", "h2o.conf", {"-c", "CONFIG"}},
      {"lighttpd", "/usr/sbin/lighttpd", "lighttpd", "lighttpd.conf", {"-D", "-f", "CONFIG"}},
      {"haproxy", "/usr/sbin/haproxy", "haproxy", "haproxy.cfg", {"-db", "-q", "-f", "CONFIG"}},
      apache("prefork"),
      apache("worker"),
      apache("event")};
  return all;
}

bool is_installed(const Peer& peer) {
  return ::access(peer.program.c_str(), X_OK) == 0;
}

lab::Contestant contestant_of(const Peer& peer) {
  return {peer.name, {peer.program}};
}

bool is_peer(const lab::Contestant& contestant) {
  const auto& all = all_peers();
  return std::any_of(all.begin(), all.end(),
                     [&contestant](const Peer& peer) { return peer.name == contestant.name; });
}

lab::Server start_peer(const lab::Contestant& contestant, const lab::Process::Options& options,
                       const Place& place) {
  const Peer& peer = peer_of(contestant);
  const std::uint16_t port = lab::free_port();
  const std::string config = configure(peer, place, port);
  std::vector<std::string> argv{peer.program};
  for (const std::string& argument : peer.arguments) {
    argv.push_back(argument == "CONFIG" ? config : argument);
  }
  lab::Server server{lab::Process::start(argv, options), "127.0.0.1", port, ""};
  lab::wait_until_accepting(server.process, port, peer.name);
  return server;
}

}  // namespace weir::bench
