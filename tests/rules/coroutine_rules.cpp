#include "rules/coroutine_rules.hpp"

#include <algorithm>
#include <set>

#include "describe/tokens.hpp"

namespace weir::test {
namespace {

using describe::Token;
using Tokens = std::vector<Token>;

bool is_await(const Token& token) {
  return token.text == "co_await" || token.text == "co_yield";
}

/// What a `[` opens: a lambda's captures, unless it is a subscript or an attribute.
bool opens_lambda(const Tokens& tokens, std::size_t at) {
  if (tokens[at].text != "[" || at + 1 == tokens.size() || tokens[at + 1].text == "[") return false;
  if (at == 0) return true;
  const Token& before = tokens[at - 1];
  static const std::set<std::string> keywords{"return", "co_return", "co_await", "co_yield"};
  if (before.is_word) return keywords.contains(before.text);
  return before.text != ")" && before.text != "]" && before.text != "[" && before.text != "\"\"";
}

bool captures(const Tokens& tokens, std::size_t introducer) {
  return closing(tokens, introducer) != introducer + 1;
}

/// The `{` of the lambda whose captures `introducer` opens.
std::size_t lambda_body(const Tokens& tokens, std::size_t introducer) {
  std::size_t at = closing(tokens, introducer) + 1;
  while (at < tokens.size() && tokens[at].text != "{") {
    at = tokens[at].text == "(" ? closing(tokens, at) + 1 : at + 1;
  }
  return at;
}

/// Whether the `{` at `brace` opens a block of statements and not a list of values.
bool opens_block(const Tokens& tokens, std::size_t brace) {
  if (brace == 0) return true;
  static const std::set<std::string> before_block{
      ")", ";", "{", "}", ":", "else", "do", "try", "const", "mutable", "noexcept", "override"};
  if (before_block.contains(tokens[brace - 1].text)) return true;
  // A result type: `-> Task<std::size_t> {`.
  std::size_t at = brace;
  while (at-- > 0) {
    const Token& token = tokens[at];
    if (token.text == "->") return true;
    static const std::set<std::string> of_types{"::", "<", ">", ",", "&", "*"};
    if (!token.is_word && !of_types.contains(token.text)) return false;
    static const std::set<std::string> named{"struct", "class", "enum", "union", "namespace"};
    if (named.contains(token.text)) return true;
  }
  return false;
}

struct Prefix {
  std::vector<std::string> words;  // of the statement, up to the co_await
  bool in_condition = false;       // of while, if or switch
  bool nested = false;             // in another expression
};

/// What stands before the co_await at `await` in its statement.
Prefix prefix_of(const Tokens& tokens, std::size_t await) {
  Prefix prefix;
  std::size_t at = await;
  while (at-- > 0) {
    const std::string& text = tokens[at].text;
    if (text == ";") break;
    if (text == "{") {
      prefix.nested = !opens_block(tokens, at);
      break;
    }
    if (text == "}" && opens_block(tokens, opening(tokens, at))) break;
    if (text == "(") {
      const std::string before = at == 0 ? "" : tokens[at - 1].text;
      prefix.in_condition = before == "while" || before == "if" || before == "switch";
      prefix.nested = !prefix.in_condition;
      break;
    }
    if (text == "[") {
      prefix.nested = true;
      break;
    }
    const bool group = text == ")" || text == "]" || text == "}";
    const std::size_t from = group ? opening(tokens, at) : at;
    for (std::size_t i = at + 1; i-- > from;) prefix.words.push_back(tokens[i].text);
    at = from;
  }
  std::reverse(prefix.words.begin(), prefix.words.end());
  return prefix;
}

/// Takes away `if (...)`, `else`, `case x:` and the like, which a statement may follow.
void strip_heads(std::vector<std::string>& words) {
  static const std::set<std::string> with_condition{"if", "while", "for", "switch"};
  for (bool stripped = true; stripped && !words.empty();) {
    auto end = words.begin();
    if (words[0] == "else" || words[0] == "do") {
      end = words.begin() + 1;
    } else if (words[0] == "case" || words[0] == "default") {
      end = std::find(words.begin(), words.end(), ":");
      if (end != words.end()) ++end;
    } else if (with_condition.contains(words[0])) {
      int depth = 0;
      for (end = words.begin() + 1; end != words.end();) {
        depth += *end == "(" ? 1 : *end == ")" ? -1 : 0;
        ++end;
        if (depth == 0 && *(end - 1) == ")") break;
      }
    }
    stripped = end != words.begin();
    words.erase(words.begin(), end);
  }
}

/// `T name =`, `T& name =`, `ns::T<A, B> name =`, `name =`
bool declares_or_assigns(const std::vector<std::string>& words) {
  if (words.size() < 2 || words.back() != "=") return false;
  static const std::set<std::string> allowed{"::", "<", ">", ",", "&", "*", "->", "."};
  const auto of_declaration = [](const std::string& word) {
    const char first = word.front();
    const bool name =
        first == '_' || (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    return name ? !word.starts_with("co_") && word != "return" : allowed.contains(word);
  };
  return std::all_of(words.begin(), words.end() - 1, of_declaration);
}

bool stands_alone(const Tokens& tokens, std::size_t await) {
  Prefix prefix = prefix_of(tokens, await);
  if (prefix.nested) return false;
  strip_heads(prefix.words);
  if (prefix.words.empty()) return !prefix.in_condition;
  return declares_or_assigns(prefix.words);
}

/// Looks through the operand of the co_await at `await`, to the end of its statement.
void check_operand(const Tokens& tokens, std::size_t await, std::vector<Violation>& found) {
  int depth = 0;
  for (std::size_t i = await + 1; i < tokens.size(); ++i) {
    const std::string& text = tokens[i].text;
    if (depth == 0 && (text == ";" || text == ")" || text == "]" || text == "}")) return;
    if (opens_lambda(tokens, i)) {
      if (captures(tokens, i)) found.push_back({"R1", tokens[i].line});
      i = closing(tokens, lambda_body(tokens, i));
      continue;
    }
    if (text == "{") found.push_back({"R3", tokens[i].line});
    if (text == "(" || text == "[" || text == "{") ++depth;
    if (text == ")" || text == "]" || text == "}") --depth;
  }
}

/// Whether the body that opens at `brace` is a coroutine's; the lambdas in it are not looked into.
bool is_coroutine(const Tokens& tokens, std::size_t brace) {
  const std::size_t end = closing(tokens, brace);
  for (std::size_t i = brace + 1; i < end; ++i) {
    if (opens_lambda(tokens, i))
      i = closing(tokens, lambda_body(tokens, i));
    else if (is_await(tokens[i]) || tokens[i].text == "co_return")
      return true;
  }
  return false;
}

}  // namespace

std::vector<Violation> coroutine_violations(std::string_view source) {
  const Tokens tokens = describe::tokens_of(source);
  std::vector<Violation> found;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text == "operator" && i + 1 < tokens.size() && is_await(tokens[i + 1])) {
      ++i;  // the declaration of one
      continue;
    }
    if (is_await(tokens[i])) {
      if (!stands_alone(tokens, i)) found.push_back({"R2", tokens[i].line});
      check_operand(tokens, i, found);
    }
    if (opens_lambda(tokens, i) && captures(tokens, i)) {
      const std::size_t body = lambda_body(tokens, i);
      if (body < tokens.size() && is_coroutine(tokens, body)) {
        found.push_back({"R4", tokens[i].line});
      }
    }
  }
  return found;
}

}  // namespace weir::test
