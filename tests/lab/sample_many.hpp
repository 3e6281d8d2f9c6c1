// A comparison of all models and their twins by hand: whether the report bears it.
#pragma once

#include "sample_results.hpp"

namespace weir::lab::samples {

/// What a request of one model costs at 64 connections.
struct Model {
  const char* name;
  double cpu_ns;
  double bytes;
  double stack_bytes;
};

inline const std::vector<Model>& many_models() {
  static const std::vector<Model> models{
      {"iterative", 5600, 300, 0}, {"fork", 9100, 32000, 65536}, {"thread", 7700, 8900, 16384},
      {"pool", 7600, 9000, 16384}, {"fiber", 5300, 8200, 0},     {"select", 6900, 440, 0},
      {"poll", 6500, 440, 0},      {"epoll", 5080, 430, 0},      {"uring", 4860, 440, 0},
      {"uv", 5500, 740, 0},        {"asio", 5900, 620, 0}};
  return models;
}

/// Returns a comparison of eleven models and of the twins that ten of them have, summed up.
inline Results many_results() {
  Results made = results();
  made.contestants.clear();
  made.cells.clear();
  made.lanes.clear();
  for (const Model& model : many_models()) {
    made.contestants.push_back(model.name);
    made.lanes.push_back(lanes(model.name, std::string(model.name) == "iterative"));
    if (std::string(model.name) != "fiber") made.contestants.push_back(by_hand_name(model.name));
  }
  for (std::size_t block = 0; block < made.blocks; ++block) {
    for (const std::size_t connections : made.connections) {
      const double scale = (connections == 1 ? 1.3 : 1.0) + 0.01 * static_cast<double>(block);
      for (const Model& model : many_models()) {
        Shape shape = std::string(model.name) == "iterative" ? iterative(connections)
                                                             : Shape{model.cpu_ns * scale};
        shape.user_bytes = model.bytes;
        shape.stack_bytes = model.stack_bytes;
        made.cells.push_back(cell(model.name, connections, block, shape));
        if (std::string(model.name) == "epoll") {
          shape.cpu_ns *= 1.02;
          made.cells.push_back(cell(model.name, connections, block, shape, true));
        }
        shape.cpu_ns *= 0.96;
        if (std::string(model.name) != "fiber") {
          made.cells.push_back(cell(by_hand_name(model.name), connections, block, shape));
        }
      }
    }
  }
  made.cells_planned = made.cells.size();
  summarize(made);
  return made;
}

}  // namespace weir::lab::samples
