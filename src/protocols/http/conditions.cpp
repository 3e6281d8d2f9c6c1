#include "http/conditions.hpp"

#include <array>
#include <time.h>

#include "http/characters.hpp"

namespace weir::http {
namespace {

bool is_weak(std::string_view tag) {
  return tag.starts_with("W/");
}

std::string_view opaque(std::string_view tag) {
  return is_weak(tag) ? tag.substr(2) : tag;
}

enum class Comparison : std::uint8_t { weak, strong };

/// RFC 9110, section 8.8.3.2.
bool are_equal(std::string_view a, std::string_view b, Comparison how) {
  if (how == Comparison::strong && (is_weak(a) || is_weak(b))) return false;
  return opaque(a) == opaque(b);
}

/// The next of a list of entity tags, taken off it. A tag may have commas within its marks.
std::string_view take_tag(std::string_view& list) {
  while (!list.empty() && is_one_of(list.front(), ", \t")) list.remove_prefix(1);
  const std::size_t begin = list.find('"');
  const std::size_t end = begin == std::string_view::npos ? begin : list.find('"', begin + 1);
  const std::size_t size = end == std::string_view::npos ? list.size() : end + 1;
  const std::string_view tag = list.substr(0, size);
  list.remove_prefix(size);
  return tag;
}

bool has_tag(std::string_view list, std::string_view tag, Comparison how) {
  if (trimmed(list) == "*") return true;
  while (!list.empty()) {
    if (are_equal(take_tag(list), tag, how)) return true;
  }
  return false;
}

bool is_read(const Request& request) {
  return request.method() == "GET" || request.method() == "HEAD";
}

std::optional<std::time_t> date_of(const Request& request, std::string_view name) {
  const std::optional<std::string_view> value = request.header(name);
  return value ? read_date(*value) : std::nullopt;
}

bool precondition_fails(const Request& request, const Validators& file) {
  if (const auto tags = list_of(request, "if-match")) {
    return !has_tag(*tags, file.etag, Comparison::strong);
  }
  const std::optional<std::time_t> date = date_of(request, "If-Unmodified-Since");
  return date && file.modified > *date;
}

}  // namespace

Condition evaluate(const Request& request, const Validators& file) {
  if (precondition_fails(request, file)) return Condition::failed;
  if (const auto tags = list_of(request, "if-none-match")) {
    if (!has_tag(*tags, file.etag, Comparison::weak)) return Condition::met;
    return is_read(request) ? Condition::not_modified : Condition::failed;
  }
  const std::optional<std::time_t> date = date_of(request, "If-Modified-Since");
  if (date && is_read(request) && file.modified <= *date) return Condition::not_modified;
  return Condition::met;
}

bool range_counts(const Request& request, const Validators& file) {
  const std::optional<std::string_view> validator = request.header("If-Range");
  if (!validator) return true;
  if (validator->find('"') != std::string_view::npos) {
    return are_equal(*validator, file.etag, Comparison::strong);
  }
  // A date is a strong validator only when nothing can have changed within its second: of that the
  // entity tag tells, which is weak until then.
  return !is_weak(file.etag) && read_date(*validator) == file.modified;
}

std::optional<std::string> list_of(const Request& request, std::string_view name) {
  std::optional<std::string> list;
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field(i);
    if (!equals(field.name, name)) continue;
    if (list)
      list->append(", ").append(field.value);
    else
      list = field.value;
  }
  return list;
}

std::optional<std::time_t> read_date(std::string_view text) {
  constexpr std::array formats{"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                               "%a %b %e %H:%M:%S %Y"};
  const std::string copy(text);
  for (const char* format : formats) {
    std::tm parts{};
    const char* const end = ::strptime(copy.c_str(), format, &parts);
    if (end != nullptr && *end == '\0') return ::timegm(&parts);
  }
  return std::nullopt;
}

}  // namespace weir::http
