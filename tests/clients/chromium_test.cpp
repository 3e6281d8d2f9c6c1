// Chromium loads a page with fifty assets from weir's http.
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "clients/counted.hpp"

namespace weir::test {
namespace {

constexpr int assets = 50;

/// Once all is there, the page says what the browser has counted.
constexpr const char* tell = R"(<p id="told"></p><script>
onload = () => {
  const all = [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource')];
  const bytes = all.reduce((sum, each) => sum + each.encodedBodySize, 0);
  told.textContent = `requests ${all.length} uploaded 0 downloaded ${bytes} run ${window.run}`;
}
</script>)";

class Browser : public Counted {
 protected:
  /// Scripts, style sheets and pictures in turn, of up to some 60 KB.
  void put_page() const {
    std::string page = "<!doctype html><link rel=icon href=data:,><script>run = 0</script>\n";
    for (int i = 0; i < assets; ++i) {
      const std::string rest(static_cast<std::size_t>(i * i * 25), ' ');
      if (i % 3 == 0) {
        put(fmt::format("{}.js", i), "run += 1;" + rest);
        page += fmt::format("<script src={}.js></script>\n", i);
      } else if (i % 3 == 1) {
        put(fmt::format("{}.css", i), "p { color: red }" + rest);
        page += fmt::format("<link rel=stylesheet href={}.css>\n", i);
      } else {
        put(fmt::format("{}.svg", i), "<svg xmlns='http://www.w3.org/2000/svg'/>" + rest);
        page += fmt::format("<img src={}.svg>\n", i);
      }
    }
    put("index.html", page + tell);
  }

  /// The page as it is in the end. The browser is to look for nothing else.
  std::string loaded_page() const {
    const Scratch profile;
    return output_of({program(), "--headless=new", "--no-sandbox", "--disable-gpu",
                      "--no-first-run", "--disable-background-networking",
                      "--disable-component-update", "--disable-dev-shm-usage",
                      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                      "--user-data-dir=" + profile.path(), "--dump-dom", url("/")});
  }
};

TEST_P(Browser, CountsWhatIsServedOfAPageWithFiftyAssets) {
  start("chromium");
  put_page();
  const std::string page = loaded_page();
  const Counts counted = counts_in(page);
  EXPECT_EQ(counted, served());
  EXPECT_EQ(counted.requests, 51u);
  EXPECT_NE(page.find("run 17<"), std::string::npos) << page;
}

INSTANTIATE_TEST_SUITE_P(Models, Browser, client_models,
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
