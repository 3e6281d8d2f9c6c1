// Files below a directory: which are served, whole, in parts or not again, and that no others are.
#include <algorithm>
#include <fstream>
#include <memory>
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
namespace {

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

std::string field_of(const Response& response, const std::string& name) {
  const std::string begin = name + ": ";
  const std::size_t at = response.fields.find(begin);
  if (at == std::string::npos) return "";
  const std::size_t value = at + begin.size();
  return response.fields.substr(value, response.fields.find('\r', value) - value);
}

/// The body as it would be sent.
std::string body_of(const Response& response) {
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

constexpr const char* secret = "nobody is to see this";

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

TEST_F(FilesBelow, AreServedWithTheirTypesAndStates) {
  const Response response = get("/a.txt?version=3");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.type, "text/plain; charset=utf-8");
  EXPECT_EQ(body_of(response), "abcdefghij");
  EXPECT_EQ(field_of(response, "Last-Modified"), "Sun, 09 Sep 2001 01:46:40 GMT");
  EXPECT_EQ(field_of(response, "Accept-Ranges"), "bytes");
  EXPECT_EQ(field_of(response, "ETag").front(), '"');
  EXPECT_EQ(body_of(get("/with%20space.html")), "space");
  EXPECT_EQ(body_of(get("/.well-known/there")), "known");
  EXPECT_EQ(body_of(get("http://here/a.txt")), "abcdefghij");
  EXPECT_EQ(get("/empty.css").status, 200);
  EXPECT_EQ(get("/empty.css").type, "text/css; charset=utf-8");
  EXPECT_EQ(body_of(get("/large.bin")), std::string(100'000, 'x') + "end");
  EXPECT_EQ(get("/large.bin").type, "application/octet-stream");
}

TEST_F(FilesBelow, AreNotThereOrNotSo) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/").status, 404);
  EXPECT_EQ(get("/a.txt/").status, 404);
  EXPECT_EQ(get("/a.txt/b").status, 404);
  EXPECT_EQ(get("/.git/config").status, 404);
  EXPECT_EQ(get("/sub/.git").status, 404);
  EXPECT_EQ(get("/" + std::string(5000, 'a')).status, 404);
  for (const char* wrong : {"/a%00.txt", "/a%", "/a%2", "/a%zz", "/sub%2findex.html", "/sub%5cx",
                            "/sub\\index.html", "/a%0d", "/a%7f"}) {
    EXPECT_EQ(get(wrong).status, 400) << wrong;
  }
  const Response response = get("/a.txt", {}, "DELETE");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(field_of(response, "Allow"), "GET, HEAD");
}

TEST_F(FilesBelow, HaveDirectoriesWithASlash) {
  EXPECT_EQ(body_of(get("/sub/")), "<p>sub");
  EXPECT_EQ(get("/sub").status, 301);
  EXPECT_EQ(field_of(get("/sub?a=b"), "Location"), "/sub/?a=b");
  // `//sub/` would be another host's.
  EXPECT_EQ(field_of(get("//sub"), "Location"), "/sub/");
}

TEST_F(FilesBelow, AreSentInParts) {
  const auto part = [this](const std::string& range) { return get("/a.txt", {"Range: " + range}); };
  EXPECT_EQ(part("bytes=2-4").status, 206);
  EXPECT_EQ(body_of(part("bytes=2-4")), "cde");
  EXPECT_EQ(field_of(part("bytes=2-4"), "Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(body_of(part("BYTES=8-")), "ij");
  EXPECT_EQ(body_of(part("bytes=-3")), "hij");
  EXPECT_EQ(body_of(part("bytes=-99")), "abcdefghij");
  EXPECT_EQ(body_of(part("bytes=9-18446744073709551999")), "j");
  EXPECT_EQ(body_of(part("bytes=20-30,1-1")), "b");
  EXPECT_EQ(body_of(part("bytes=3-4,0-2,5-5")), "abcdef") << "they touch";
  EXPECT_EQ(body_of(get("/large.bin", {"Range: bytes=-4"})), "xend");
  for (const char* beyond : {"bytes=10-", "bytes=-0", "bytes=99-100,50-"}) {
    EXPECT_EQ(part(beyond).status, 416) << beyond;
    EXPECT_EQ(field_of(part(beyond), "Content-Range"), "bytes */10");
  }
  for (const char* ignored : {"bytes=4-2", "bytes=a-", "bytes=1", "bytes=", "bytes=1-2,x",
                              "lines=1-2", "bytes=+1-2", "bytes=0x1-2", "bytes=--1"}) {
    EXPECT_EQ(part(ignored).status, 200) << ignored;
  }
  std::string many = "bytes=0-0";
  for (int i = 1; i <= 16; ++i) many += fmt::format(",{}-{}", 2 * i, 2 * i);
  EXPECT_EQ(part(many).status, 200) << "more than 16";
  EXPECT_EQ(get("/a.txt", {"Range: bytes=2-4"}, "HEAD").status, 200);
}

TEST_F(FilesBelow, AreSentInSeveralParts) {
  for (const char* name : {"/a.txt", "/large.bin"}) {
    const Response response = get(name, {"Range: bytes=7-9, 0-1"});
    EXPECT_EQ(response.status, 206);
    const std::string type(response.type);
    const std::string begin = "multipart/byteranges; boundary=";
    ASSERT_EQ(type.rfind(begin, 0), 0u) << type;
    const std::string boundary = type.substr(begin.size());
    const std::string body = body_of(response);
    const bool text = name == std::string("/a.txt");
    const std::string own = text ? "text/plain; charset=utf-8" : "application/octet-stream";
    const std::string size = text ? "10" : "100003";
    EXPECT_EQ(body,
              fmt::format("--{0}\r\nContent-Type: {1}\r\nContent-Range: bytes 7-9/{2}\r\n\r\n{3}"
                          "\r\n--{0}\r\nContent-Type: {1}\r\nContent-Range: bytes 0-1/{2}\r\n\r\n"
                          "{4}\r\n--{0}--\r\n",
                          boundary, own, size, text ? "hij" : "xxx", text ? "ab" : "xx"));
    if (response.file != nullptr) {
      EXPECT_EQ(response.file->size(), body.size());
    }
  }
}

TEST_F(FilesBelow, AreNotSentAgain) {
  const std::string etag = field_of(get("/a.txt"), "ETag");
  const auto with = [this](const std::string& field) { return get("/a.txt", {field}).status; };
  EXPECT_EQ(with("If-None-Match: " + etag), 304);
  EXPECT_EQ(with("If-None-Match: W/" + etag), 304);
  EXPECT_EQ(with("If-None-Match: \"a,b\", " + etag), 304);
  EXPECT_EQ(with("If-None-Match: *"), 304);
  EXPECT_EQ(with("If-None-Match: \"other\""), 200);
  for (const char* date : {"Sun, 09 Sep 2001 01:46:40 GMT", "Sunday, 09-Sep-01 01:46:40 GMT",
                           "Sun Sep  9 01:46:40 2001", "Mon, 10 Sep 2001 01:46:40 GMT"}) {
    EXPECT_EQ(with(fmt::format("If-Modified-Since: {}", date)), 304) << date;
  }
  EXPECT_EQ(with("If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT"), 200);
  EXPECT_EQ(with("If-Modified-Since: yesterday"), 200);
  EXPECT_EQ(with("If-Match: " + etag), 200);
  EXPECT_EQ(with("If-Match: W/" + etag), 412);
  EXPECT_EQ(with("If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT"), 412);
  EXPECT_EQ(with("If-Unmodified-Since: Sun, 09 Sep 2001 01:46:40 GMT"), 200);
  // The tag comes first, and the date is then not looked at.
  EXPECT_EQ(get("/a.txt",
                {"If-None-Match: \"other\"", "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT"})
                .status,
            200);
  const Response unchanged = get("/a.txt", {"If-None-Match: " + etag});
  EXPECT_EQ(field_of(unchanged, "ETag"), etag);
  EXPECT_EQ(body_of(unchanged), "");
}

TEST_F(FilesBelow, GoOnInPartsOnlyIfTheyAreTheSame) {
  const std::string etag = field_of(get("/a.txt"), "ETag");
  const auto with = [this](const std::string& validator) {
    return get("/a.txt", {"Range: bytes=2-4", "If-Range: " + validator}).status;
  };
  EXPECT_EQ(with(etag), 206);
  EXPECT_EQ(with("W/" + etag), 200);
  EXPECT_EQ(with("\"other\""), 200);
  EXPECT_EQ(with("Sun, 09 Sep 2001 01:46:40 GMT"), 206);
  EXPECT_EQ(with("Mon, 10 Sep 2001 01:46:40 GMT"), 200);
}

TEST_F(FilesBelow, AreOfAWeakStateWhileTheyMayStillChangeUnseen) {
  std::ofstream(path("root/fresh.txt")) << "fresh";
  const Response fresh = get("/fresh.txt");
  EXPECT_EQ(field_of(fresh, "ETag").substr(0, 3), "W/\"");
  const std::string etag = field_of(fresh, "ETag");
  EXPECT_EQ(get("/fresh.txt", {"Range: bytes=0-1", "If-Range: " + etag}).status, 200);
  const std::string date = field_of(fresh, "Last-Modified");
  EXPECT_EQ(get("/fresh.txt", {"Range: bytes=0-1", "If-Range: " + date}).status, 200);
}

TEST_F(FilesBelow, AreSentCompressedToWhoTakesThat) {
  write("root/a.txt.gz", "gzipped");
  write("root/a.txt.br", "brotli");
  const auto taking = [this](const std::string& codings) {
    return get("/a.txt", {"Accept-Encoding: " + codings});
  };
  EXPECT_EQ(body_of(taking("gzip")), "gzipped");
  EXPECT_EQ(field_of(taking("gzip"), "Content-Encoding"), "gzip");
  EXPECT_EQ(taking("gzip").type, "text/plain; charset=utf-8");
  EXPECT_EQ(body_of(taking("gzip, deflate, br")), "brotli");
  EXPECT_EQ(body_of(taking("gzip;q=1.0, br;q=0.5")), "gzipped");
  EXPECT_EQ(body_of(taking("br;q=0, *")), "gzipped");
  for (const char* none :
       {"identity", "gzip;q=0", "gzip;q=0.000", "gzip;q=x", "gzip;q=2", "deflate"}) {
    EXPECT_EQ(body_of(taking(none)), "abcdefghij") << none;
  }
  EXPECT_EQ(field_of(get("/a.txt"), "Vary"), "Accept-Encoding") << "caches have to know";
  EXPECT_EQ(field_of(get("/large.bin"), "Vary"), "");
}

TEST_F(FilesBelow, AreLookedUpAnewWhenTheTimeIsOver) {
  const FileOptions long_time{.good_for = std::chrono::hours(1)};
  const Handler remembers = files(path("root"), long_time);
  const Asking asking("/a.txt");
  EXPECT_EQ(body_of(remembers(asking.request())), "abcdefghij");
  write("root/a.txt", "changed");
  EXPECT_EQ(body_of(remembers(asking.request())), "abcdefghij");
  EXPECT_EQ(body_of(get("/a.txt")), "changed");
  // More paths than are remembered at once.
  for (int i = 0; i < 600; ++i) remembers(Asking(fmt::format("/{}", i)).request());
  EXPECT_EQ(body_of(remembers(asking.request())), "changed");
}

TEST_F(FilesBelow, AreNotReachedByLinksNorPipes) {
  const auto link = [this](const std::string& to, const std::string& name) {
    ASSERT_EQ(::symlink(to.c_str(), path("root/" + name).c_str()), 0);
  };
  link("../secret.txt", "relative");
  link(path("secret.txt"), "absolute");
  link("../outside", "directory");
  link("..", "parent");
  link("/", "top");
  link("a.txt", "inside");
  link("loop", "loop");
  link("/proc/self/cwd", "magic");
  link("relative", "chain");
  ASSERT_EQ(::symlink("../../secret.txt", path("root/sub/deep").c_str()), 0);
  ASSERT_EQ(::symlink("../outside/secret.txt", path("root/relative.txt.gz").c_str()), 0);
  ASSERT_EQ(::mkfifo(path("root/pipe").c_str(), 0644), 0);
  for (const std::string target :
       {"/relative", "/absolute", "/directory/secret.txt", "/directory/", "/parent/secret.txt",
        "/top/etc/passwd", "/inside", "/loop", "/magic/secret.txt", "/chain", "/sub/deep", "/pipe",
        "/parent/root/a.txt", "/directory"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
  write("root/relative.txt", "its own");
  EXPECT_EQ(body_of(get("/relative.txt", {"Accept-Encoding: gzip"})), "its own");
}

/// Ways to say `..`, and a slash, to servers that decode twice, or leniently, or other alphabets.
std::vector<std::string> ways_out() {
  const std::vector<std::string> ups{"..",           "%2e%2e",
                                     "%2E%2e",       ".%2e",
                                     "%2e.",         "%252e%252e",
                                     "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae",
                                     "%u002e%u002e", "%uff0e%uff0e",
                                     "..%00",        "..;",
                                     "....",         "..%20",
                                     "..%09",        "%00..",
                                     "..%ff",        "%25%32%65%25%32%65"};
  const std::vector<std::string> slashes{"/",      "%2f",       "%2F", "%5c", "\\",     "%252f",
                                         "%c0%af", "%e0%80%af", "//",  "/./", "%u2215", "%255c"};
  const std::vector<std::string> begins{"/", "/sub/", "//", "/.well-known/", "/%2f"};
  std::vector<std::string> all;
  for (const std::string& begin : begins) {
    for (const std::string& up : ups) {
      for (const std::string& slash : slashes) {
        for (const int depth : {1, 2, 6}) {
          std::string target = begin;
          for (int i = 0; i < depth; ++i) target.append(up).append(slash);
          all.push_back(target + "secret.txt");
          all.push_back(target + "outside" + slash + "secret.txt");
        }
      }
    }
  }
  for (const char* odd : {"/file:///etc/passwd", "/C:/secret.txt", "/~root/secret.txt",
                          "/proc/self/root/etc/passwd", "///etc/passwd", "/%2fetc/passwd"}) {
    all.emplace_back(odd);
  }
  return all;
}

TEST_F(FilesBelow, AreTheOnlyOnesHoweverOneAsks) {
  const std::vector<std::string> all = ways_out();
  ASSERT_GE(all.size(), 200u);
  std::size_t understood = 0;
  for (const std::string& target : all) {
    const Asking asking(target);
    if (!asking.reads()) continue;  // the parser has refused it
    ++understood;
    const Response response = files(path("root"))(asking.request());
    EXPECT_TRUE(response.status == 400 || response.status == 404) << target << response.status;
    EXPECT_EQ(body_of(response).find(secret), std::string::npos) << target;
    EXPECT_EQ(body_of(response).find("root:"), std::string::npos) << target;
  }
  EXPECT_GE(understood, 200u);
  RecordProperty("targets", static_cast<int>(understood));
}

TEST_F(FilesBelow, NeedADirectory) {
  EXPECT_THROW(files(path("nowhere")), std::system_error);
  EXPECT_THROW(files(path("secret.txt")), std::system_error);
}

}  // namespace
}  // namespace weir::http
