#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <weir/model.hpp>

#include "core/accept.hpp"
#include "models/models.hpp"

namespace weir::cli {

/// What of a model can be chosen when the server starts.
struct ModelOptions {
  std::string model = "epoll";
  std::string trigger;                // "edge" or "level"; empty: the model's own choice
  std::uint32_t pool_threads = 0;     // of the model `pool`; 0: the default
  std::size_t loan_memory_bytes = 0;  // bound on the pool of read buffers; 0: the default
  std::size_t stack_bytes = 0;        // of a fiber's stack; 0: the default
  bool offload_said = false;          // where sessions' offloads are done
};

/// The names of all models.
std::vector<std::string> model_names();

/// How several workers of `model` accept unless told otherwise: at one listener where each serves
/// few connections at once, since none should wait for one worker while another is idle.
Accept usual_accept(const std::string& model);
/// Whether several workers of `model` can be threads of one process.
bool runs_in_threads(const std::string& model);

/// The model asked for, or that of the product asked for. Throws Failure (wrong usage) for an unknown one, and for an option that the
/// model does not have; Failure (failed) for one that is not available here.
std::unique_ptr<Model> make_model(const ModelOptions& options);

}  // namespace weir::cli
