// This parser beside Boost.Beast's.
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/differences.hpp"

namespace weir::http {
namespace {

namespace beast = boost::beast::http;

Opinion opinion_of_beast(std::string_view bytes) {
  beast::request_parser<beast::string_body> parser;
  const Limits limits;
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(limits.request_line_bytes + limits.header_bytes));
  parser.body_limit(limits.body_bytes);
  std::size_t size = 0;
  while (!parser.is_done() && size < bytes.size()) {
    boost::system::error_code error;
    const boost::asio::const_buffer rest(bytes.data() + size, bytes.size() - size);
    const std::size_t taken = parser.put(rest, error);
    size += taken;
    if (error == beast::error::need_more || (!error && taken == 0)) return {};
    if (error) return {Verdict::refused, "", "", 0, 400};
  }
  if (!parser.is_done()) return {};
  const auto& message = parser.get();
  const auto text_of = [](auto view) { return std::string_view(view.data(), view.size()); };
  std::vector<std::string> fields;
  for (const auto& field : message) {
    fields.push_back(fmt::format("{}: {}", text_of(field.name_string()), text_of(field.value())));
  }
  return {Verdict::understood,
          message_of(text_of(message.method_string()), text_of(message.target()), fields,
                     message.body()),
          message.body(), size};
}

const std::vector<Class> beast_classes{
    {"an empty line before the request is passed over", "RFC 9112, 2.2", differs_by_empty_line},
    {"limits of a server's own", "RFC 9110, 15.5.14 and 15.5.15; RFC 9112, 7.1", differs_by_limit},
    {"one refuses what the other waits for the end of", "RFC 9112, 2.2", differs_by_patience},
    {"a host that is missing, or none", "RFC 9112, 3.2; RFC 9110, 7.2", differs_by_host},
    {"a target that is none", "RFC 9112, 3.2; RFC 3986, 3.3", differs_by_target},
    {"a coding that isn't chunked alone", "RFC 9112, 6.1", differs_by_coding},
    {"a length that is said twice", "RFC 9110, 8.6", differs_by_length},
    {"an expectation that can't be met", "RFC 9110, 10.1.1", differs_by_expectation},
    {"a folded line", "RFC 9112, 5.2", differs_by_fold},
    {"trailers are no header fields", "RFC 9112, 7.1.2", differs_by_trailers},
    {"an extension of a chunk that is long, or none", "RFC 9112, 7.1.1", differs_by_extension},
    {"an option of Connection that is none is passed over", "RFC 9110, 7.6.1",
     differs_by_connection},
};

TEST(HttpBeast, DiffersOnlyWhereItHasAName) {
  expect_known_differences({"Beast", opinion_of_beast, beast_classes});
}

}  // namespace
}  // namespace weir::http
