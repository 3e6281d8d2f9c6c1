#pragma once
// What the tests of files share: a directory with files, some beside it, and requests for them.
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <weir/http.hpp>

#include "http/file_body.hpp"
#include "http/head.hpp"
#include "support/scratch.hpp"

namespace weir::http {

/// A request, out of its lines.
class Asking {
 public:
  explicit Asking(const std::string& target, const std::vector<std::string>& fields = {},
                  const std::string& method = "GET")
      : bytes_(fmt::format("{} {} HTTP/1.1\r\nHost: here\r\n", method, target)) {
    for (const std::string& field : fields) bytes_ += field + "\r\n";
    bytes_ += "\r\n";
    read_ = read_head(bytes_, limits_, head_) == Progress::done;
  }
  bool reads() const { return read_; }
  Request request() const { return Request(head_, ""); }

 private:
  std::string bytes_;
  Limits limits_;
  Head head_;
  bool read_ = false;
};

inline std::string field_of(const Response& response, const std::string& name) {
  const std::string begin = name + ": ";
  const std::size_t at = response.fields.find(begin);
  if (at == std::string::npos) return "";
  const std::size_t value = at + begin.size();
  return response.fields.substr(value, response.fields.find('\r', value) - value);
}

/// The body as it would be sent.
inline std::string body_of(const Response& response) {
  if (response.file == nullptr) return std::string(response.content());
  std::string all;
  for (const FileBody::Part& part : response.file->parts) {
    std::string bytes(part.range.size(), '\0');
    const ssize_t count = ::pread(response.file->file->fd, bytes.data(), bytes.size(),
                                  static_cast<off_t>(part.range.first));
    EXPECT_EQ(count, static_cast<ssize_t>(bytes.size()));
    all += part.before + bytes;
  }
  return all + response.file->after;
}

inline constexpr const char* secret = "nobody is to see this";

class FilesBelow : public testing::Test {
 protected:
  FilesBelow() {
    write("secret.txt", secret);
    for (const char* each : {"root", "root/sub", "root/.git", "root/.well-known", "outside"}) {
      ::mkdir(path(each).c_str(), 0755);
    }
    write("outside/secret.txt", secret);
    write("root/.git/config", secret);
    write("root/.well-known/there", "known");
    write("root/a.txt", "abcdefghij");
    write("root/with space.html", "space");
    write("root/empty.css", "");
    write("root/sub/index.html", "<p>sub");
    write("root/large.bin", std::string(100'000, 'x') + "end");
  }

  std::string path(const std::string& name) const { return scratch_.path() + "/" + name; }

  /// An old file, whose entity tag is strong.
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name)) << bytes;
    const timeval then[2]{{1'000'000'000, 0}, {1'000'000'000, 0}};
    ::utimes(path(name).c_str(), then);
  }

  Response get(const std::string& target, const std::vector<std::string>& fields = {},
               const std::string& method = "GET") const {
    static const FileOptions at_once{.good_for = Duration(0)};
    const Asking asking(target, fields, method);
    EXPECT_TRUE(asking.reads()) << target;
    return files(path("root"), at_once)(asking.request());
  }

 private:
  const test::Scratch scratch_;
};

}  // namespace weir::http
