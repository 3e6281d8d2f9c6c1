#include "cli/trace_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

/// A line of an access log.
struct Logged {
  double second = 0;  // since 1970
  bool whole_second = false;
  std::string method;
  std::string target;
  int status = 0;
  std::uint64_t bytes = 0;  // of the answer's content
};

/// What lies between two characters, from `at` on, which is then behind them; empty when it doesn't.
/// One behind a backslash is part of it, as Apache writes a quotation mark.
std::string_view between(std::string_view line, char open, char close, std::size_t& at) {
  const std::size_t begin = line.find(open, at);
  std::size_t end = begin == line.npos ? line.npos : line.find(close, begin + 1);
  while (end != line.npos && line[end - 1] == '\\') end = line.find(close, end + 1);
  if (end == line.npos) return {};
  at = end + 1;
  return line.substr(begin + 1, end - begin - 1);
}

/// `26/Nov/2026:05:59:42 +0000`, strptime(3).
std::optional<double> second_of(const std::string& text, const char* format) {
  std::tm parts{};
  const char* const end = ::strptime(text.c_str(), format, &parts);
  if (end == nullptr) return std::nullopt;
  const long offset_s = parts.tm_gmtoff;  // timegm(3) sets it anew
  return static_cast<double>(::timegm(&parts) - offset_s);
}

/// `HOST - USER [TIME] "METHOD TARGET VERSION" STATUS BYTES ...`
std::optional<Logged> read_combined(std::string_view line) {
  std::size_t at = 0;
  const auto second = second_of(std::string(between(line, '[', ']', at)), "%d/%b/%Y:%H:%M:%S %z");
  const std::string_view request = between(line, '"', '"', at);
  if (!second || line.substr(at).size() < 4) return std::nullopt;
  Logged logged{*second, true, {}, {}, 0, 0};
  const char* const status = line.data() + at + 1;
  if (std::from_chars(status, status + 3, logged.status).ptr != status + 3) return std::nullopt;
  const char* const end = line.data() + line.size();
  if (end - status > 4) std::from_chars(status + 4, end, logged.bytes);  // or a dash: none
  const std::size_t space = request.find(' ');
  logged.method = request.substr(0, space);
  if (space != request.npos) {
    const std::string_view rest = request.substr(space + 1);
    logged.target = rest.substr(0, rest.find(' '));
  }
  return logged;
}

/// What `weir serve http --log-format json` writes.
std::optional<Logged> read_json(std::string_view line) {
  const lab::Json json = lab::Json::parse(line);
  const std::string time = json.at("time").text_or("");
  const auto second = second_of(time, "%Y-%m-%dT%H:%M:%S");
  if (!second) return std::nullopt;
  const std::size_t point = time.find('.');
  const double part = point == time.npos ? 0 : std::strtod(time.c_str() + point, nullptr);
  return Logged{*second + part,
                point == time.npos,
                json.at("method").text_or(""),
                json.at("target").text_or(""),
                static_cast<int>(json.at("status").number_or(0)),
                static_cast<std::uint64_t>(json.at("bytes").number_or(0))};
}

std::optional<Logged> read_line(std::string_view line) {
  try {
    return line.starts_with('{') ? read_json(line) : read_combined(line);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

bool can_be_made_again(const Logged& logged) {
  return logged.method == "GET" && logged.status >= 200 && logged.status < 400;
}

std::vector<Logged> read_lines(const std::string& path, std::size_t& left_out) {
  std::ifstream file(path);
  if (!file) throw Failure(wrong_usage, fmt::format("can't read '{}' (--trace)", path));
  std::vector<Logged> all;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty()) continue;
    const auto logged = read_line(line);
    if (!logged) {
      throw Failure(wrong_usage,
                    fmt::format("{}, line {}: that is no line of an access log; it may "
                                "be in the combined format, or weir's JSON",
                                path, number));
    }
    if (can_be_made_again(*logged))
      all.push_back(*logged);
    else
      ++left_out;
  }
  return all;
}

/// Those of one second, evenly over it.
void spread(std::vector<Logged>& all) {
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin + 1;
    while (end < all.size() && all[end].second == all[begin].second) ++end;
    const auto count = static_cast<double>(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      if (all[i].whole_second) all[i].second += static_cast<double>(i - begin) / count;
    }
    begin = end;
  }
}

/// An answer without content, a redirect's say, becomes one of a byte: there is none smaller.
std::string request_for(const Logged& logged, Traced traced) {
  if (traced == Traced::paths) return logged.target;
  return fmt::format("/work?reply={}B", std::max<std::uint64_t>(1, logged.bytes));
}

/// Adds the request; false: this service's clients can't make it.
bool add(load::Trace& trace, std::map<std::string, std::uint32_t>& known,
         const std::string& request, Duration due, const Exchanges& exchanges) {
  const auto [found, is_new] =
      known.try_emplace(request, static_cast<std::uint32_t>(trace.exchanges.size()));
  if (is_new) {
    try {
      trace.exchanges.push_back(exchanges.ask(request));
    } catch (const std::invalid_argument&) {
      known.erase(found);
      return false;
    }
  }
  trace.entries.push_back({due, found->second});
  return true;
}

}  // namespace

TraceFile read_trace(const std::string& path, double speed, Traced traced,
                     const Exchanges& exchanges) {
  TraceFile file;
  std::vector<Logged> all = read_lines(path, file.left_out);
  const auto earlier = [](const Logged& one, const Logged& other) {
    return one.second < other.second;
  };
  std::stable_sort(all.begin(), all.end(), earlier);  // a log has them as they were answered
  spread(all);
  std::map<std::string, std::uint32_t> known;
  for (const Logged& each : all) {
    const double seconds = (each.second - all.front().second) / speed;
    const Duration due(std::llround(seconds * 1e9));
    if (!add(file.trace, known, request_for(each, traced), due, exchanges)) ++file.left_out;
  }
  if (file.trace.entries.empty()) {
    throw Failure(wrong_usage, fmt::format("'{}' has no GET that was answered with a 2xx or 3xx; "
                                           "there is nothing to be made again (--trace)",
                                           path));
  }
  return file;
}

}  // namespace weir::cli
