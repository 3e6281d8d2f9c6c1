#pragma once
// What this parser and another one make of the same bytes: transcripts that were changed at random.
// They may differ only in ways that have a name, with the section of the standard.
#include <string>
#include <string_view>
#include <vector>

#include "http/receiver.hpp"

namespace weir::http {

enum class Verdict { understood, refused, cut };

/// What a parser makes of the first request.
struct Opinion {
  Verdict verdict = Verdict::cut;
  std::string message = {};  // method, target, fields and body
  std::string body = {};
  std::size_t size = 0;  // of the request
  int status = 0;        // of a refusal
};

/// A message as a text that can be compared: its fields in whatever order, for Beast puts those of one
/// name together.
std::string message_of(std::string_view method, std::string_view target,
                       std::vector<std::string> fields, std::string_view body);

/// The input, and what was made of it.
struct Case {
  std::string_view bytes;
  Opinion own;
  Opinion other;
  Head head{};  // as far as its syntax is right
  bool has_head = false;

  std::string_view unread() const { return bytes.substr(head.next); }  // from the line at fault on
  std::string_view target() const { return head.view(head.target); }
};

/// A way in which the two may differ. By the section of the standard this parser is right, or free.
struct Class {
  const char* name;
  const char* section;
  bool (*holds)(const Case& each);
};

/// Another parser, and how it may differ from this one.
struct Other {
  const char* name;
  Opinion (*opinion_of)(std::string_view bytes);
  std::vector<Class> classes;
};

/// Fails where the two differ about changed transcripts in a way that has no name, or never differ in
/// one that has; prints how often they did in which. It goes on for WEIR_FUZZ_SECONDS, or else through
/// a fixed number of them.
void expect_known_differences(const Other& other);

}  // namespace weir::http
