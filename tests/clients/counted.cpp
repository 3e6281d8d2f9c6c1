#include "clients/counted.hpp"

#include <fstream>
#include <regex>
#include <stdexcept>
#include <unistd.h>

#include <fmt/format.h>

#include "support/client.hpp"
#include "support/http_answers.hpp"
#include "support/servers.hpp"

namespace weir::test {

std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.requests << " requests, " << counts.uploaded << " bytes up, "
             << counts.downloaded << " bytes down";
}

Counts counts_in(const std::string& text) {
  static const std::regex wanted(R"(requests (\d+) uploaded (\d+) downloaded (\d+))");
  std::smatch match;
  if (!std::regex_search(text, match, wanted)) {
    throw std::runtime_error("there are no counts in '" + text + "'");
  }
  return {std::stoul(match[1]), std::stoul(match[2]), std::stoul(match[3])};
}

std::string find_program(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return {};
}

std::string output_of(const std::vector<std::string>& argv, const lab::Process::Options& options) {
  lab::Process process = lab::Process::start(argv, options);
  const std::optional<int> code = process.wait_for(patience);
  if (!code) {
    ADD_FAILURE() << argv.front() << " does not end";
    return {};
  }
  EXPECT_EQ(*code, 0) << process.take_errors();
  return process.read_output_all();
}

std::string script(const std::string& name) {
  return std::string(WEIR_SOURCE_DIR) + "/tests/clients/" + name;
}

void Counted::start(const std::string& program) {
  if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  program_ = find_program(program);
  if (program_.empty()) GTEST_SKIP() << program << " is not installed";
  server_.emplace(lab::start_server({built_path("tests/programs/counting"), "serve", "-l",
                                     "127.0.0.1:0", "-m", GetParam(), "--root", root_.path()}));
}

std::string Counted::url(const std::string& path) const {
  return fmt::format("http://{}:{}{}", server_->host, server_->port, path);
}

void Counted::put(const std::string& name, const std::string& content) const {
  std::ofstream(root_.path() + "/" + name, std::ios::binary) << content;
}

Counts Counted::served() const {
  Client client(server_->host, server_->port);
  client.send("GET /counts HTTP/1.1\r\nHost: a\r\n\r\n");
  return counts_in(receive_answer(client).body);
}

std::size_t Counted::answer_bytes(const std::string& path) const {
  Client client(server_->host, server_->port);
  client.send(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
  client.finish();
  return client.receive_to_end().size();
}

}  // namespace weir::test
