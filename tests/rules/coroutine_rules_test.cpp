// The checker of the coroutine rules, on code that keeps them and code that breaks them.

#include "rules/coroutine_rules.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::test {
namespace {

std::string broken_in(const std::string& source) {
  std::string rules;
  for (const Violation& violation : coroutine_violations(source)) {
    rules += (rules.empty() ? "" : " ") + violation.rule;
  }
  return rules;
}

std::string in_coroutine(const std::string& statements) {
  return "Task<> session(Stream& peer) {\n" + statements + "\n}\n";
}

TEST(CoroutineRules, LetGoodCodePass) {
  const std::vector<std::string> good{
      "co_await peer.write(\"*\");",
      "while (Bytes bytes = co_await peer.read()) co_await peer.write(codec.transform(bytes));",
      "const Bytes bytes = co_await peer.read();",
      "Bytes bytes;\nbytes = co_await peer.read();",
      "const std::vector<int, A<B>> all = co_await f();",
      "auto& x = co_await f();",
      "if (const Bytes b = co_await peer.read()) return_it(b);",
      "if (done(1)) co_await peer.write(x);\nelse co_await peer.write(y);",
      "for (const Part& part : parts) { co_await peer.write(part.sent); }",
      "for (int i = 0; i < 3; ++i) co_await peer.write(\"}\");",
      "switch (x) {\ncase Verb::read: co_await f();\n default: co_await g();\n}",
      "do co_await f(); while (true);",
      "try { co_await f(); } catch (const E& e) { log({1, 2}); }",
      "co_await peer.write(table[index]);",
      "co_await f([](int x) { return x + 1; });",
      "const auto make = [&x] { return x; };\nco_await f(make);",
      "const auto run = [](Stream& s) -> Task<> { co_await s.write(\"x\"); };\nco_await run(peer);",
      "const Part part{1, {2}};\nco_await peer.write(part.sent);",
      "std::array<int, 2> pair{{1, 2}};\nint x = co_await f(pair);",
      "begin_with([&](Io& io) { return client(io, x); });",
      "// co_await f({1});\n/* g(co_await x) */ co_await f(\"co_await {\", '{');",
      "log(R\"(f(co_await x))\");",
      "peer.x = co_await f();",
      "struct S { int a; };\nco_await f();",
      "co_await f(1'000'000);",
      "[[maybe_unused]] int y = 1;\nco_await f();",
  };
  for (const std::string& statements : good) {
    EXPECT_EQ(broken_in(in_coroutine(statements)), "") << statements;
  }
}

TEST(CoroutineRules, FindACapturingLambdaInAnAwaitedCall) {
  EXPECT_EQ(broken_in(in_coroutine("co_await f([&] { return 1; });")), "R1");
  EXPECT_EQ(broken_in(in_coroutine(
                "const int x = co_await io.offload(1, [n](int y) { return n + y; });")),
            "R1");
  EXPECT_EQ(broken_in(in_coroutine("while (Bytes b = co_await f([=] { return 1; })) g(b);")), "R1");
}

TEST(CoroutineRules, FindAnAwaitInsideAnotherExpression) {
  const std::vector<std::string> bad{
      "f(co_await g());",
      "return_it(1, co_await g());",
      "int x = 1 + co_await g();",
      "int x = (co_await g());",
      "auto x = co_await f() + co_await g();",
      "co_await f(co_await g());",
      "if (co_await f()) g();",
      "while (co_await f()) g();",
      "while (!co_await f()) g();",
      "for (int x : co_await f()) g(x);",
      "co_return co_await f();",
      "Part part{co_await f(), 1};",
      "Part part = {co_await f(), 1};",
      "Part part = {.a = co_await f(), .b = 1};",
      "consume(Part{.a = co_await f()});",
      "const Bytes b{co_await f()};",
      "int x = y ? co_await f() : 0;",
      "int x[co_await f()];",
      "bool b = a && co_await f();",
  };
  for (const std::string& statements : bad) {
    const std::string broken = broken_in(in_coroutine(statements));
    EXPECT_EQ(broken.substr(0, 2), "R2") << statements << ": " << broken;
  }
}

TEST(CoroutineRules, FindABracedListInAnAwait) {
  EXPECT_EQ(broken_in(in_coroutine("co_await peer.write({1, 2});")), "R3");
  EXPECT_EQ(broken_in(in_coroutine("const auto x = co_await f(Part{1});")), "R3");
  EXPECT_EQ(broken_in(in_coroutine("co_await Op{};")), "R3");
  EXPECT_EQ(broken_in(in_coroutine("while (Bytes b = co_await f({})) g(b);")), "R3");
}

TEST(CoroutineRules, FindACapturingLambdaThatIsACoroutine) {
  EXPECT_EQ(broken_in("auto f = [&x]() -> Task<> { co_await x; };"), "R4");
  EXPECT_EQ(broken_in("auto f = [x]() -> Task<int> { co_return x; };"), "R4");
  EXPECT_EQ(broken_in("spawn([=](Io& io) mutable -> Task<> { co_await io.sleep(x); });"), "R4");
  EXPECT_EQ(broken_in("auto f = [&x] { return [](int y) -> Task<int> { co_return y; }; };"), "");
}

TEST(CoroutineRules, NameTheLine) {
  const auto found =
      coroutine_violations("Task<> f() {\n  /* two\n lines */\n  g(co_await h());\n}");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].line, 4u);
}

}  // namespace
}  // namespace weir::test
