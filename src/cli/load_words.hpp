// What the words after some options of `weir load` mean. Each throws std::invalid_argument with one
// sentence.
#pragma once
#include <string>

#include "load/generator.hpp"

namespace weir::cli {

/// `5000`, or `1000..20000` for one that changes in the course of the window.
load::Rate parse_rate(const std::string& word);

/// `poisson`, `uniform` or `burst:N`.
load::Arrivals parse_arrivals(const std::string& word);
std::string text_of(const load::Arrivals& arrivals);

/// `10`, `0.5`: how many times as fast.
double parse_speed(const std::string& word);

/// `slow-sender=2,idle=1000`.
load::Personas parse_personas(const std::string& word);

}  // namespace weir::cli
