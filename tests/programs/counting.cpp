// A web server that counts what its handlers were asked and what they gave, in all its processes.
#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <sys/mman.h>
#include <system_error>

#include <fmt/format.h>
#include <weir/http.hpp>

#include "http/file_body.hpp"

namespace http = weir::http;

namespace {

struct Counts {
  std::atomic<std::size_t> requests;
  std::atomic<std::size_t> uploaded;
  std::atomic<std::size_t> downloaded;
};

/// In memory that forked processes share.
Counts& make_counts() {
  void* const memory =
      ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::system_category(), "mmap");
  return *new (memory) Counts{};
}

std::size_t content_bytes(const http::Request& request, const http::Response& response) {
  if (request.method() == "HEAD") return 0;
  return response.file != nullptr ? response.file->size() : response.content().size();
}

http::Handler counted(Counts& counts, http::Handler handler) {
  return [&counts, handler = std::move(handler)](const http::Request& request) {
    http::Response response = handler(request);
    ++counts.requests;
    counts.uploaded += request.body().size();
    counts.downloaded += content_bytes(request, response);
    return response;
  };
}

http::Response small(const http::Request&) {
  return http::text("Hello, World!");
}

http::Response echo(const http::Request& request) {
  return http::text(std::string(request.body()));
}

/// What was counted since it was asked last.
http::Response take(Counts& counts) {
  return http::text(fmt::format("requests {} uploaded {} downloaded {}\n",
                                counts.requests.exchange(0), counts.uploaded.exchange(0),
                                counts.downloaded.exchange(0)));
}

}  // namespace

int main(int argc, char** argv) {
  Counts& counts = make_counts();
  const auto root = std::make_shared<http::Handler>();
  http::Router router;
  router.get("/counts", [&counts](const http::Request&) { return take(counts); })
      .get("/small", counted(counts, small))
      .route("*", "/echo", counted(counts, echo))
      .otherwise(counted(counts, [root](const http::Request& request) {
        return *root ? (*root)(request) : http::text("no --root\n", 404);
      }));
  weir::Service service = http::service(std::move(router), "counting", 3003);
  service.options.push_back({"--root", "DIR", "serve its files",
                             [root](const std::string& word) { *root = http::files(word); }});
  return weir::run(argc, argv, std::move(service));
}
