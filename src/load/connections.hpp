#pragma once
#include <weir/io.hpp>

#include "load/course.hpp"

namespace weir::load {

/// A measured client: connects, waits for the beginning, makes requests until the end.
Task<> connection(Io& io, Course& course, Slot& slot);

}  // namespace weir::load
