#include "http/date.hpp"

#include <array>
#include <time.h>

namespace weir::http {
namespace {

void append_number(std::string& text, int number, int digits) {
  std::string all = std::to_string(number);
  text.append(static_cast<std::size_t>(digits) - all.size(), '0').append(all);
}

struct Written {
  std::time_t second = -1;
  std::string text;
};

}  // namespace

std::string date_text(std::time_t seconds) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text = days[static_cast<std::size_t>(parts.tm_wday)];
  text += ", ";
  append_number(text, parts.tm_mday, 2);
  text.append(" ").append(months[static_cast<std::size_t>(parts.tm_mon)]).append(" ");
  append_number(text, parts.tm_year + 1900, 4);
  text += ' ';
  append_number(text, parts.tm_hour, 2);
  text += ':';
  append_number(text, parts.tm_min, 2);
  text += ':';
  append_number(text, parts.tm_sec, 2);
  text += " GMT";
  return text;
}

std::string_view date_line() {
  thread_local Written written;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);  // a tick late at most, and half as dear
  if (now.tv_sec != written.second) {
    written = {now.tv_sec, "Date: " + date_text(now.tv_sec) + "\r\n"};
  }
  return written.text;
}

}  // namespace weir::http
