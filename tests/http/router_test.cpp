#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <weir/http.hpp>

#include "http/date.hpp"
#include "http/receiver.hpp"
#include "http/replies.hpp"

namespace weir::http {
namespace {

/// A handler that says who it is, and what its parameters `a` and `b` are.
Handler named(const std::string& name) {
  return [name](const Request& request) {
    return text(name + '(' + std::string(request.parameter("a")) + ',' +
                std::string(request.parameter("b")) + ')');
  };
}

/// Who answers, or the methods that would be answered.
std::string asked(const Router& router, const std::string& line) {
  const std::string head = line + " HTTP/1.1\r\nHost: a\r\n\r\n";
  const Limits limits;
  Receiver receiver(limits);
  std::string_view rest = head;
  EXPECT_EQ(receiver.take(rest), Progress::done);
  Request request = receiver.request();
  std::string allowed;
  const AnyHandler* handler = router.find(request, allowed);
  return handler == nullptr ? '[' + allowed + ']' : std::get<Handler>(*handler)(request).body;
}

TEST(HttpRouter, TakesTheFirstRouteThatFits) {
  Router router;
  router.get("/", named("root"))
      .get("/x/:a", named("one"))
      .get("/x/:a/y/:b", named("two"))
      .post("/x/:a", named("post"))
      .get("/x/never", named("never"))
      .route("*", "/any", named("any"))
      .route("PURGE", "/x/:a", named("purge"));
  EXPECT_EQ(asked(router, "GET /"), "root(,)");
  EXPECT_EQ(asked(router, "GET /?x/1"), "root(,)");
  EXPECT_EQ(asked(router, "HEAD /x/1"), "one(1,)");
  EXPECT_EQ(asked(router, "GET /x/never"), "one(never,)");
  EXPECT_EQ(asked(router, "GET /x/%2F/y/2?b=3"), "two(%2F,2)");
  EXPECT_EQ(asked(router, "POST /x/1"), "post(1,)");
  EXPECT_EQ(asked(router, "PURGE /x/1"), "purge(1,)");
  EXPECT_EQ(asked(router, "BREW /any"), "any(,)");
  EXPECT_EQ(asked(router, "GET http://b/x/1"), "one(1,)");
  EXPECT_EQ(asked(router, "PUT /x/1"), "[GET, HEAD, POST, PURGE]");
  for (const char* none : {"GET /x", "GET /x/", "GET /x/1/", "GET /x/1/y", "GET /X/1", "GET //",
                           "OPTIONS *", "POST /any/"}) {
    EXPECT_EQ(asked(router, none), "[]") << none;
  }
}

TEST(HttpRouter, AsksAnotherForTheRest) {
  Router router;
  router.post("/x/:a", named("post")).otherwise(named("rest"));
  EXPECT_EQ(asked(router, "GET /y"), "rest(,)");
  EXPECT_EQ(asked(router, "OPTIONS *"), "rest(,)");
  EXPECT_EQ(asked(router, "GET /x/1"), "[POST]");
}

TEST(HttpRouter, RefusesRoutesThatAreNone) {
  Router router;
  EXPECT_THROW(router.get("x", named("")), std::invalid_argument);
  EXPECT_THROW(router.get("", named("")), std::invalid_argument);
  EXPECT_NO_THROW(router.get("/:1/:2/:3/:4/:5/:6/:7/:8", named("")));
  EXPECT_THROW(router.get("/:1/:2/:3/:4/:5/:6/:7/:8/:9", named("")), std::invalid_argument);
}

TEST(HttpResponse, RefusesFieldsThatWouldBreakIt) {
  Response response;
  response.add("X-Name", "a value");
  EXPECT_EQ(response.fields, "X-Name: a value\r\n");
  EXPECT_THROW(response.add("X Name", "a"), std::invalid_argument);
  EXPECT_THROW(response.add("", "a"), std::invalid_argument);
  EXPECT_THROW(response.add("X", "a\r\nSet-Cookie: b"), std::invalid_argument);
  EXPECT_THROW(response.add("Content-length", "1"), std::invalid_argument);
  EXPECT_EQ(response.fields, "X-Name: a value\r\n");
}

/// What is sent for a response, but for its date.
std::string sent(const Response& response, const Asked& asked) {
  Replies replies;
  replies.add(response, asked);
  std::string bytes(replies.bytes());
  const std::size_t date = bytes.find("Date: ");
  return bytes.erase(date, bytes.find('\n', date) + 1 - date);
}

TEST(HttpResponse, IsSentWithWhatItNeeds) {
  const Asked asked{false, true, 1};
  EXPECT_EQ(sent(text("abc"), asked),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
            "\r\nabc");
  EXPECT_EQ(sent(text("abc", 404).add("X", "y"), Asked{true, false, 1}),
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 3\r\nConnection: close\r\nX: y\r\n\r\n");
  EXPECT_EQ(sent(text("abc", 204), asked), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(sent(text("abc", 304), asked), "HTTP/1.1 304 Not Modified\r\n\r\n");
  Response bare;
  bare.type = "";
  bare.fixed = "fixed";
  EXPECT_EQ(sent(bare, Asked{false, true, 0}),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nfixed");
}

TEST(HttpDate, IsThatOfTheStandard) {
  EXPECT_EQ(date_text(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date_text(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
  EXPECT_EQ(date_line().size(), std::string_view("Date: \r\n").size() + 29);
}

}  // namespace
}  // namespace weir::http
