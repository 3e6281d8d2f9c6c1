#pragma once
// HTTP/1.1 servers of one's own: handlers, and a router that is served as a Service. What is kept to,
// and what is absent, is in docs/HTTP.md.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <weir/service.hpp>

namespace weir::http {

class AccessLog;
struct ExchangeState;
struct FileBody;
struct Head;

/// A header field, as it was received; the value without white space around it.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// How many parameters a route can have.
inline constexpr std::size_t parameters_max = 8;

/// A request that was received whole. It holds views, which are good until its handler has returned.
class Request {
 public:
  Request(const Head& head, std::string_view body) : head_(&head), body_(body) {}

  std::string_view method() const;
  /// As in the request line: `/path?query`, `http://host/path`, or `*`.
  std::string_view target() const;
  /// Of the target: from its first `/` to `?`. Not decoded.
  std::string_view path() const;
  /// What follows the first `?`, or "". Not decoded.
  std::string_view query() const;
  /// `host[:port]` of the target or else of the field Host; "" in HTTP/1.0 without one.
  std::string_view host() const;
  /// 0 or 1, of HTTP/1.0 or HTTP/1.1.
  unsigned minor_version() const;

  std::size_t field_count() const;
  /// The fields in their order; `index` is less than `field_count()`.
  Field field(std::size_t index) const;
  /// The value of the first field of that name, in whatever case.
  std::optional<std::string_view> header(std::string_view name) const;

  /// The head as it was received, from the request line to the empty line.
  std::string_view head() const;
  /// The content; of a chunked body, the chunks' data.
  std::string_view body() const { return body_; }

  /// What stands in the path where the route has `:name`, not decoded; "" when it has no such.
  std::string_view parameter(std::string_view name) const;

 private:
  friend class Router;
  struct Parameter {  // nothing that has to be made: most requests have none
    const char* name;
    const char* value;
    std::uint32_t name_bytes;
    std::uint32_t value_bytes;
  };
  const Head* head_;
  std::string_view body_;
  std::size_t parameter_count_ = 0;
  std::array<Parameter, parameters_max> parameters_;  // the first `parameter_count_` of them
};

/// An answer. Date, Content-Length and Connection are added when it is sent.
struct Response {
  int status = 200;
  std::string_view type = "text/plain; charset=utf-8";  // outlives the response; "": not said
  std::string fields = {};                              // further ones: see `add`
  std::string body = {};
  std::string_view fixed = {};     // a body instead that outlives the response, or what it `keeps`
  const FileBody* file = nullptr;  // a body that is sent from a file; what `files` gives
  std::shared_ptr<const void> keeps = nullptr;  // ends with the response, once it is sent

  std::string_view content() const { return fixed.empty() ? std::string_view(body) : fixed; }

  /// Adds a header field. Throws std::invalid_argument when its name is no token, or one that is
  /// added by itself, or when the value has a control character.
  Response& add(std::string_view name, std::string_view value);
};

/// A response of a status and a text.
Response text(std::string body, int status = 200);

struct FileOptions {
  /// For so long what was found at a path is taken for what it is, without a look; 0: for one request.
  Duration good_for = std::chrono::seconds(1);
  /// A file with `.br` or `.gz` added to its name is sent instead, to who takes that coding.
  bool precompressed = true;
};

/// The body of a request didn't come as it should.
class BodyError : public std::runtime_error {
 public:
  BodyError(int status, const char* what) : std::runtime_error(what), status_(status) {}
  /// What the client is answered, unless its answer has begun; 0: it has left.
  int status() const { return status_; }

 private:
  int status_;
};

/// A request's body and its answer in pieces, for a handler that holds neither of them whole. Both sides
/// wait for the client, so it is the client's pace that they have.
class Exchange {
 public:
  explicit Exchange(ExchangeState& state) : state_(state) {}

  /// Awaited: the next piece of the body, lent until the next is asked for; empty: there is no more. A
  /// client that waits for being told to send is told. Throws BodyError, which a handler need not catch,
  /// and StreamError.
  Task<std::string_view> read();

  /// Awaited: sends the head of the answer, and as its first piece (see `write`) what body the response
  /// has. It is chunked in HTTP/1.1; in 1.0 it goes on until the connection ends. RFC 9112, section 6.3.
  Task<> begin(Response response);

  /// Awaited: sends a piece; returns when the kernel has taken it. Throws StreamError, as Stream::write
  /// does. Where the answer has no body (HEAD, 204, 304) the handler ends here, by an exception that is
  /// no failure: nothing else would ever tell it that its client has had enough.
  Task<> write(std::string_view piece);

  Io& io();

 private:
  ExchangeState& state_;
};

/// The usual words for a status code: "Not Found". RFC 9110, section 15.
std::string_view reason(int status) noexcept;

/// Answers at once: it must not block.
using Handler = std::function<Response(const Request&)>;
/// Answers after having awaited: `sleep`, `offload`, `connect` of the `Io` (weir/io.hpp).
using TaskHandler = std::function<Task<Response>(const Request&, Io&)>;
/// Reads and answers in pieces. When it fails after it has begun, the connection ends in the middle of
/// the answer, so that the client knows.
using StreamHandler = std::function<Task<>(const Request&, Exchange&)>;
using AnyHandler = std::variant<Handler, TaskHandler, StreamHandler>;

/// Answers with the files below a directory, which the path names: GET and HEAD, whole or in parts
/// (Range), with conditions (ETag, Last-Modified); a directory with its `index.html`. What is outside of
/// it, or reached by a symbolic link, or hidden (its name begins with a dot), is not there. Throws
/// std::system_error when the directory can't be opened, or the kernel is older than 5.6.
///
///     router.otherwise(files("/srv/www"));
Handler files(const std::string& directory, const FileOptions& options = {});

/// Which handler is asked for which method and path.
///
///     Router router;
///     router.get("/hello/:name", [](const Request& request) {
///       return text("Hello, " + std::string(request.parameter("name")) + "!\n");
///     });
///
/// A path is compared segment by segment as it was received, without decoding; `:name` takes any one
/// segment that isn't empty. The first route that fits is taken. HEAD is answered as GET is, without
/// the body. A path that fits under other methods only is answered 405, and none at all 404, unless
/// there is something for the rest.
class Router {
 public:
  Router& get(std::string path, AnyHandler handler);
  Router& post(std::string path, AnyHandler handler);
  /// `method` is one that a request may have, or "*": all of them.
  /// All three throw std::invalid_argument when the path doesn't begin with `/`, or has more than
  /// `parameters_max` parameters.
  Router& route(std::string method, std::string path, AnyHandler handler);
  /// Asked for paths that no route has, instead of 404.
  Router& otherwise(AnyHandler handler);

  /// The handler of the request, whose parameters it sets. Null: there is none; `allowed` is then the
  /// methods that the path has, for the field Allow, or empty.
  const AnyHandler* find(Request& request, std::string& allowed) const;

  /// Whether any handler takes a body in pieces.
  bool takes_pieces() const { return takes_pieces_; }

 private:
  struct Route {
    std::string method;
    std::string path;
    bool has_parameters;
    AnyHandler handler;
  };
  static bool fits(const Route& route, std::string_view path, Request& request);
  static bool serves(const Route& route, std::string_view method);

  std::vector<Route> routes_;
  std::optional<AnyHandler> otherwise_;
  bool takes_pieces_ = false;
};

/// What a client can make grow. The sizes are of what is received.
struct Limits {
  std::size_t request_line_bytes = 8 * 1024;  // else 414
  std::size_t header_bytes = 16 * 1024;       // all fields, and the trailers; else 431
  std::size_t header_fields = 100;            // at most 256; else 431
  std::size_t body_bytes = 1024 * 1024;       // else 413
  std::size_t streamed_bytes = std::size_t{1024} * 1024 * 1024;  // of one that is taken in pieces
};

/// How long a client may take. Each is one deadline, which no single byte puts off.
struct Deadlines {
  Duration header = std::chrono::seconds(10);  // for a head, from its first byte on ...
  Duration header_max =
      std::chrono::seconds(30);              // ... or up to this, as long as bytes_a_second come
  Duration body = std::chrono::seconds(20);  // and as long as bytes_a_second come
  std::size_t bytes_a_second = 500;
  Duration keep_alive = std::chrono::seconds(60);  // between two requests
};

struct Options {
  Limits limits;
  Deadlines deadlines;
};

/// What the sessions of a server share.
struct Site {
  Router router;
  Options options;
  std::shared_ptr<const AccessLog> access_log = {};  // null: there is none
};

/// The server's side of one connection. `site` outlives it.
Task<> session(Stream& peer, const Site& site);

/// A service that serves the router; it has options for all limits and deadlines. Its load is a
/// browser's GET of `/`.
Service service(Router router, std::string name = "http", std::uint16_t port = 3000);

}  // namespace weir::http
