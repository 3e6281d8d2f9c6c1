#pragma once
#include <memory>

#include <weir/http.hpp>

namespace weir::http {

/// Gives the service the options `--access-log` and `--log-format`. The log is opened when all options
/// are known.
void add_access_log(Service& service, const std::shared_ptr<Site>& site);

}  // namespace weir::http
