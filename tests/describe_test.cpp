// What the build counts in the sources, and reads in their head comments.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "describe/counts.hpp"
#include "describe/head.hpp"
#include "describe/tokens.hpp"

namespace weir::describe {
namespace {

std::string text_of(const std::vector<Calls>& calls) {
  std::string text;
  for (const Calls& each : calls) {
    text += (text.empty() ? "" : " ") + each.name + "*" + std::to_string(each.times);
  }
  return text;
}

TEST(LinesOfCode, AreThoseWithMoreThanBlanksAndComments) {
  EXPECT_EQ(lines_of_code(""), 0u);
  EXPECT_EQ(lines_of_code("// a comment\n\n  \n/* another\n of two lines */\n"), 0u);
  EXPECT_EQ(lines_of_code("#include <a>\n\nint a;  // why\n}\n"), 3u);
  EXPECT_EQ(lines_of_code("auto text = R\"(one\n// two\n\nfour)\";\n"), 4u);
  EXPECT_EQ(lines_of_code("#define A \\\n  1\nint a;\n"), 3u);
}

TEST(Branches, AreWhereTheCodeMayGoOnInTwoWays) {
  struct Case {
    const char* source;
    std::size_t branches;
  };
  for (const Case& each : {
           Case{"int a = 1;", 0},
           Case{"if (a) b(); else c();", 1},
           Case{"for (;;) while (a && b || c) d();", 4},
           Case{"switch (a) { case 1: break; case 2: break; default: break; }", 2},
           Case{"try { a(); } catch (...) { }", 1},
           Case{"int a = b ? c : d;", 1},
           Case{"void f(T&& a, auto&& b); T&& c = d;", 0},
           Case{"int a = b & c | d;", 0},
           Case{"// if (a) b();\nconst char* a = \"if ? && ||\";", 0},
       }) {
    EXPECT_EQ(count(each.source, Spelling::any).branches, each.branches) << each.source;
  }
}

TEST(SystemCalls, AreCountedByName) {
  const Counts counts = count(R"(
    int f(int fd) { ::close(fd); return recv(fd, a, 1, 0); }
    void g(int fd) { if (send(fd, a, 1, 0) < 0) send(fd, b, 1, 0); }
    int h() { return syscall(SYS_futex, &word); }
  )",
                              Spelling::any);
  EXPECT_EQ(text_of(counts.system_calls), "close*1 futex*1 recv*1 send*2");
}

TEST(SystemCalls, AreNotWhatOnlyHasTheirName) {
  const Counts counts = count(R"(
    void close(Stream& stream) { stream.write(a); loop->read(b); std::bind(c); Model::listen(d); }
    void g() { close(stream); int poll = 1; kill (a); }
    std::span<int> wait(int until); void Doors::open(int fd) { wait(fd); open(fd); }
    struct Own { Own(int fd) : socket(fd) {} int socket; };
  )",
                              Spelling::any);
  EXPECT_EQ(text_of(counts.system_calls), "kill*1");
}

TEST(SystemCalls, OfWeirsOwnSourcesAreGlobalNames) {
  const char* source = "void f() { open(a); ::close(b); }";
  EXPECT_EQ(text_of(count(source, Spelling::global).system_calls), "close*1");
  EXPECT_EQ(text_of(count(source, Spelling::any).system_calls), "close*1 open*1");
}

TEST(LibraryCalls, AreThoseOfTheLoopsThatModelsAreBuiltOn) {
  const Counts counts = count(R"(
    void f() { io_uring_prep_recv(sqe, fd, a, 1, 0); uv_read_start(stream, a, b); uv_run(loop, c); }
    void g() { socket_.async_read_some(buffer, h); boost::asio::post(io, h); asio::async_write(s); }
    io_uring_sqe* get() { return nullptr; }
  )",
                              Spelling::any);
  EXPECT_EQ(text_of(counts.library_calls),
            "async_read_some*1 async_write*1 io_uring_prep_recv*1 post*1 uv_read_start*1 uv_run*1");
  EXPECT_EQ(text_of(counts.system_calls), "");
}

TEST(Head, IsATitleQuestionsAndParagraphs) {
  const Head head = head_of(
      "// name: what it is,\n"
      "//   in two lines.\n"
      "//\n"
      "// Who waits, and where?  The thread,\n"
      "//   in a call. It sleeps.\n"
      "// A crash?  Ends all.\n"
      "//\n"
      "// A paragraph\n"
      "// of two lines. poll(2)\n"
      "//\n"
      "// It grants:\n"
      "// - shared memory\n"
      "// - no\n"
      "//   isolation\n"
      "#include <a>\n"
      "// not of the head\n");
  EXPECT_EQ(head.title, "what it is, in two lines");
  ASSERT_EQ(head.passages.size(), 4u);
  EXPECT_EQ(head.passages[0].question, "Who waits, and where?");
  EXPECT_EQ(head.passages[0].text, "The thread, in a call. It sleeps.");
  EXPECT_EQ(head.passages[1].question, "A crash?");
  EXPECT_EQ(head.passages[1].text, "Ends all.");
  EXPECT_EQ(head.passages[2].question, "");
  EXPECT_EQ(head.passages[2].text, "A paragraph of two lines. poll(2)");
  EXPECT_EQ(head.passages[3].text, "It grants:\n- shared memory\n- no isolation");
}

TEST(Head, OfASourceWithoutCommentIsEmpty) {
  const Head head = head_of("#include <a>\n// later\n");
  EXPECT_EQ(head.title, "");
  EXPECT_TRUE(head.passages.empty());
}

}  // namespace
}  // namespace weir::describe
