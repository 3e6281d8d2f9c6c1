#pragma once
#include <span>

#include <weir/io.hpp>

#include "load/course.hpp"

namespace weir::load {

/// A measured client: connects, waits for the beginning, makes requests until the end, as many at a
/// time as it has slots.
Task<> connection(Io& io, Course& course, std::span<Slot> slots);

}  // namespace weir::load
