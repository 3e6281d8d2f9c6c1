#pragma once
#include <memory>
#include <vector>

#include <weir/http.hpp>

namespace weir::http {

/// The command line's options for all limits and deadlines; they change `site`'s.
std::vector<ServiceOption> options_for(const std::shared_ptr<Site>& site);

}  // namespace weir::http
