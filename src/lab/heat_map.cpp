// Models and scenarios at a glance: how far from the best a model came under each load.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "lab/experiment.hpp"
#include "lab/format.hpp"
#include "lab/svg.hpp"
#include "lab/trial.hpp"

namespace weir::lab {
namespace {

struct Square {
  std::string text = "-";
  const char* heat = "";  // a class of the style sheet
};

/// Within the noise floor nobody is worse.
const char* heat_of(const Finding& finding) {
  if (is_best(finding)) return "best";
  if (finding.to_best <= 1.5) return "near";
  return finding.to_best <= 3 ? "far" : "worst";
}

/// Of `epoll --offload 4` and `epoll --offload inline`, both of them epoll, the better one counts.
Square square_of(const Trial& trial, const std::string& model) {
  const bool counts = is_count(trial.judge);
  const Finding* best = nullptr;
  for (const Finding& finding : trial.findings) {
    if (finding.letters.empty() || words_of(finding.contestant).front() != model) continue;
    const auto rank = [counts](const Finding& each) {
      return counts ? each.value.value_or(0) : each.to_best;
    };
    if (best == nullptr || rank(finding) < rank(*best)) best = &finding;
  }
  if (best == nullptr) return {};
  if (counts) return {value_text(trial, *best), is_best(*best) ? "best" : "worst"};
  return {ratio_text(best->to_best), heat_of(*best)};
}

std::vector<std::string> models_of(const std::vector<Trial>& trials) {
  std::vector<std::string> models;
  for (const Trial& trial : trials) {
    for (const Finding& finding : trial.findings) {
      const std::string model = words_of(finding.contestant).front();
      if (std::find(models.begin(), models.end(), model) == models.end()) models.push_back(model);
    }
  }
  return models;
}

}  // namespace

std::string heat_map_html(const std::vector<Trial>& trials) {
  const std::vector<std::string> models = models_of(trials);
  std::string text =
      R"(<section><h2>Models and loads at a glance</h2><div class="scroll" tabindex="0">)"
      R"(<table class="heat"><caption>How many times worse than the best, by what each load is )"
      "judged by; of what is counted, the count. Green: can't be told apart from the best. Of a "
      "model "
      "with several set-ups the best one; -: not among the contestants, or not ranked."
      R"(</caption><thead><tr><th scope="col" class="text">Load</th>)";
  for (const std::string& model : models) {
    text += fmt::format(R"(<th scope="col">{}</th>)", escaped(model));
  }
  text += "</tr></thead><tbody>";
  for (const Trial& trial : trials) {
    text += fmt::format(R"(<tr><th scope="row" class="text">{}: {}</th>)",
                        escaped(trial.scenario.name), escaped(std::string(title(trial.judge))));
    for (const std::string& model : models) {
      const Square square = square_of(trial, model);
      text += fmt::format(R"(<td class="{}">{}</td>)", square.heat, escaped(square.text));
    }
    text += "</tr>";
  }
  return text + "</tbody></table></div></section>";
}

}  // namespace weir::lab
