// This parser beside llhttp, Node's, without any of its lenient flags.
#include <llhttp.h>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/characters.hpp"
#include "http/differences.hpp"

namespace weir::http {
namespace {

/// What llhttp has said so far.
struct Heard {
  std::string target;
  std::string name;
  std::string value;
  std::vector<std::string> fields;
  std::string body;
  bool in_trailers = false;
};

Heard& heard_by(llhttp_t* parser) {
  return *static_cast<Heard*>(parser->data);
}

llhttp_settings_t settings() {
  llhttp_settings_t all{};
  llhttp_settings_init(&all);
  all.on_url = [](llhttp_t* parser, const char* at, size_t size) {
    heard_by(parser).target.append(at, size);
    return 0;
  };
  all.on_header_field = [](llhttp_t* parser, const char* at, size_t size) {
    heard_by(parser).name.append(at, size);
    return 0;
  };
  all.on_header_value = [](llhttp_t* parser, const char* at, size_t size) {
    heard_by(parser).value.append(at, size);
    return 0;
  };
  all.on_header_value_complete = [](llhttp_t* parser) {
    Heard& heard = heard_by(parser);
    // It leaves it to its users to take off what stands behind a value.
    if (!heard.in_trailers) {
      heard.fields.push_back(fmt::format("{}: {}", heard.name, trimmed(heard.value)));
    }
    heard.name.clear();
    heard.value.clear();
    return 0;
  };
  all.on_headers_complete = [](llhttp_t* parser) {
    heard_by(parser).in_trailers = true;
    return 0;
  };
  all.on_body = [](llhttp_t* parser, const char* at, size_t size) {
    heard_by(parser).body.append(at, size);
    return 0;
  };
  all.on_message_complete = [](llhttp_t*) { return static_cast<int>(HPE_PAUSED); };
  return all;
}

Opinion opinion_of_llhttp(std::string_view bytes) {
  const llhttp_settings_t how = settings();
  llhttp_t parser{};
  llhttp_init(&parser, HTTP_REQUEST, &how);
  Heard heard;
  parser.data = &heard;
  const llhttp_errno_t error = llhttp_execute(&parser, bytes.data(), bytes.size());
  if (error == HPE_OK) return {};
  if (error != HPE_PAUSED) return {Verdict::refused, "", "", 0, 400};
  const char* const method = llhttp_method_name(static_cast<llhttp_method_t>(parser.method));
  return {Verdict::understood, message_of(method, heard.target, heard.fields, heard.body),
          heard.body, static_cast<std::size_t>(llhttp_get_error_pos(&parser) - bytes.data())};
}

/// It has a list of them, and takes no other; behind PRI it waits for the rest of HTTP/2's preface.
bool differs_by_method(const Case& each) {
  if (each.own.verdict != Verdict::understood || each.other.verdict == Verdict::understood) {
    return false;
  }
  const std::string_view method = each.head.view(each.head.method);
  for (int known = HTTP_DELETE; known <= HTTP_SOURCE; ++known) {
    if (method == llhttp_method_name(static_cast<llhttp_method_t>(known))) return false;
  }
  return true;
}

const std::vector<Class> llhttp_classes{
    {"a method or a version that one doesn't know, or none", "RFC 9110, 9.1; RFC 9112, 2.3 and 3",
     [](const Case& each) { return differs_by_method(each) || differs_by_version(each); }},
    {"limits of a server's own", "RFC 9110, 15.5.14 and 15.5.15; RFC 9112, 7.1", differs_by_limit},
    {"one refuses what the other waits for the end of", "RFC 9112, 2.2", differs_by_patience},
    {"a line that ends otherwise than with CR LF, or is folded", "RFC 9112, 2.2 and 5.2",
     [](const Case& each) { return differs_by_line_end(each) || differs_by_fold(each); }},
    {"a chunk that ends otherwise than with CR LF", "RFC 9112, 7.1", differs_by_chunk_end},
    {"a field's name that is none", "RFC 9112, 5.1", differs_by_name},
    {"a host that is missing, or none", "RFC 9112, 3.2; RFC 9110, 7.2", differs_by_host},
    {"a target that is none, or white space around it", "RFC 9112, 3 and 3.2",
     [](const Case& each) { return differs_by_spaces(each) || differs_by_target(each); }},
    {"a coding that isn't chunked alone", "RFC 9112, 6.1", differs_by_coding},
    {"an expectation that can't be met", "RFC 9110, 10.1.1", differs_by_expectation},
    {"white space where it may be, or an extension of a chunk that is none", "RFC 9110, 5.6.3",
     [](const Case& each) { return differs_by_tab(each) || differs_by_extension(each); }},
    {"trailers are no header fields", "RFC 9112, 7.1.2", differs_by_trailers},
};

TEST(HttpLlhttp, DiffersOnlyWhereItHasAName) {
  expect_known_differences({"llhttp", opinion_of_llhttp, llhttp_classes});
}

}  // namespace
}  // namespace weir::http
