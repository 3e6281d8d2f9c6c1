// Files below a directory: which are served, whole, in parts or not again.
#include <array>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <weir/http.hpp>

#include "core/descriptor.hpp"
#include "files_below.hpp"
#include "http/conditions.hpp"
#include "support/soft_limit.hpp"

namespace weir::http {
namespace {

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
  EXPECT_EQ(get("/empty.css", {"Range: bytes=-5"}).status, 200) << "nothing is a part of nothing";
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
  EXPECT_EQ(get("/a.txt", {"If-None-Match: \"other\"", "if-none-match: " + etag}).status, 304);
  EXPECT_EQ(get("/a.txt", {"If-Match: \"other\"", "If-Match: " + etag}).status, 200);
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

TEST_F(FilesBelow, WereNotChangedInTheFuture) {
  write("root/late.txt", "late");
  constexpr std::time_t year_10000 = 253'402'300'800;
  const std::array<timespec, 2> times{timespec{year_10000, 0}, timespec{year_10000, 0}};
  if (::utimensat(AT_FDCWD, path("root/late.txt").c_str(), times.data(), 0) != 0)
    GTEST_SKIP() << "the file system knows no such time";
  const std::time_t before = std::time(nullptr);
  const Response response = get("/late.txt");
  EXPECT_EQ(response.status, 200);
  const auto said = read_date(field_of(response, "Last-Modified"));
  ASSERT_TRUE(said) << field_of(response, "Last-Modified");
  EXPECT_GE(*said, before);
  EXPECT_LE(*said, std::time(nullptr));
}

TEST_F(FilesBelow, AreFoundThoughOthersAreKeptOpen) {
  for (int i = 0; i < 60; ++i) write(fmt::format("root/{}.bin", i), std::string(40'000, 'x'));
  const Handler remembers = files(path("root"), {.good_for = std::chrono::hours(1)});
  const Descriptor next(::dup(0));  // the first that is free
  const test::SoftLimit few(RLIMIT_NOFILE, static_cast<rlim_t>(next.get()) + 40);
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(remembers(Asking(fmt::format("/{}.bin", i)).request()).status, 200) << i;
  }
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
  EXPECT_EQ(body_of(get("/a.txt", {"Accept-Encoding: *", "Accept-Encoding: br;q=0"})), "gzipped");
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

TEST_F(FilesBelow, NeedADirectory) {
  EXPECT_THROW(files(path("nowhere")), std::system_error);
  EXPECT_THROW(files(path("secret.txt")), std::system_error);
}

}  // namespace
}  // namespace weir::http
