// Static files: what a path names below a directory, whole or in parts, or that it hasn't changed.
#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include <weir/http.hpp>

#include "http/characters.hpp"
#include "http/conditions.hpp"
#include "http/date.hpp"
#include "http/encodings.hpp"
#include "http/file_body.hpp"
#include "http/media_type.hpp"
#include "http/open_file.hpp"
#include "http/path.hpp"
#include "http/ranges.hpp"

namespace weir::http {
namespace {

/// The file that is sent for a path: itself, or one beside it that is compressed.
struct Variant {
  std::shared_ptr<const OpenFile> file;
  std::string_view encoding = {};  // "": the file itself
  bool varies = false;             // there is more than one
};

struct Compressed {
  std::string_view encoding;
  std::string_view ending;
};
constexpr std::array compressed{Compressed{"br", ".br"}, Compressed{"gzip", ".gz"}};

/// A text that no file has in it but by guessing 128 bits.
const std::string& boundary() {
  static const std::string text = [] {
    std::random_device random;
    std::string digits;
    for (int i = 0; i < 4; ++i) digits += std::to_string(random()) + '.';
    return digits + "part";
  }();
  return text;
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return "bytes " + std::to_string(range.first) + '-' + std::to_string(range.last) + '/' +
         std::to_string(size);
}

Response refusal(int status) {
  return text(std::to_string(status) + ' ' + std::string(reason(status)) + '\n', status);
}

/// To the same path with a slash at its end. A path that begins with two would name another host.
Response redirect(const Request& request) {
  std::string_view path = request.path();
  while (path.starts_with("//")) path.remove_prefix(1);
  std::string location(path);
  location += '/';
  if (!request.query().empty()) location.append("?").append(request.query());
  Response response = refusal(301);
  response.add("Location", location);
  return response;
}

void add_body(Response& response, const OpenFile& file, const ByteRange& range,
              std::shared_ptr<const OpenFile> kept) {
  if (file.in_memory()) {
    response.fixed = std::string_view(file.content).substr(range.first, range.size());
    response.keeps = std::move(kept);
    return;
  }
  auto body = std::make_shared<FileBody>();
  body->file = std::move(kept);
  body->parts.push_back({"", range});
  response.file = body.get();
  response.keeps = std::move(body);
}

/// Several parts, each with a head of its own: RFC 9110, section 14.6.
void add_parts(Response& response, const std::shared_ptr<const OpenFile>& file,
               const std::vector<ByteRange>& ranges) {
  auto body = std::make_shared<FileBody>();
  body->file = file;
  for (const ByteRange& range : ranges) {
    const std::string_view begin = body->parts.empty() ? "--" : "\r\n--";
    std::string before(begin);
    before.append(boundary()).append("\r\nContent-Type: ").append(response.type);
    before.append("\r\nContent-Range: ").append(content_range(range, file->size));
    body->parts.push_back({before + "\r\n\r\n", range});
  }
  body->after = "\r\n--" + boundary() + "--\r\n";
  static const std::string type = "multipart/byteranges; boundary=" + boundary();
  response.type = type;
  if (!file->in_memory()) {
    response.file = body.get();
    response.keeps = std::move(body);
    return;
  }
  for (const FileBody::Part& part : body->parts) {
    response.body.append(part.before);
    response.body.append(file->content, part.range.first, part.range.size());
  }
  response.body += body->after;
}

/// The parts that are asked for, or 416.
void add_ranges(Response& response, const Ranges& ranges,
                const std::shared_ptr<const OpenFile>& file) {
  if (ranges.kind == Ranges::Kind::unsatisfiable) {
    response = refusal(416);
    response.add("Content-Range", "bytes */" + std::to_string(file->size));
    return;
  }
  response.status = 206;
  if (ranges.list.size() > 1) return add_parts(response, file, ranges.list);
  response.add("Content-Range", content_range(ranges.list.front(), file->size));
  add_body(response, *file, ranges.list.front(), file);
}

void add_content(Response& response, const Request& request,
                 const std::shared_ptr<const OpenFile>& file) {
  if (file->size == 0) return;  // and so has no part
  const auto range = request.method() == "GET" ? request.header("Range") : std::nullopt;
  if (range && range_counts(request, file->validators)) {
    const Ranges ranges = read_ranges(*range, file->size);
    if (ranges.kind != Ranges::Kind::whole) return add_ranges(response, ranges, file);
  }
  add_body(response, *file, {0, file->size - 1}, file);
}

class Files {
 public:
  Files(const std::string& directory, const FileOptions& options)
      : directory_(directory, options.good_for), precompressed_(options.precompressed) {}

  Response answer(const Request& request) const {
    if (request.method() != "GET" && request.method() != "HEAD") {
      Response response = refusal(405);
      response.add("Allow", "GET, HEAD");
      return response;
    }
    FilePath path = file_path(request.path());
    if (path.refusal != 0) return refusal(path.refusal);
    if (path.directory) path.text += path.text.empty() ? "index.html" : "/index.html";
    const Found found = directory_.find(path.text);
    if (found.kind == Found::Kind::shortage) return refusal(503);
    if (found.kind == Found::Kind::directory && !path.directory) return redirect(request);
    if (found.kind != Found::Kind::file) return refusal(404);
    return answer_with(request, path.text, variant_of(request, path.text, found.file));
  }

 private:
  static Response answer_with(const Request& request, std::string_view path,
                              const Variant& variant) {
    const Validators& validators = variant.file->validators;
    const Condition condition = evaluate(request, validators);
    if (condition == Condition::failed) return refusal(412);
    Response response;
    response.type = media_type(path);
    // A date to come would be no date of a change: RFC 9110, section 8.8.2.1.
    const std::time_t modified = std::min(validators.modified, std::time(nullptr));
    response.add("ETag", validators.etag).add("Last-Modified", date_text(modified));
    if (variant.varies) response.add("Vary", "Accept-Encoding");
    if (condition == Condition::not_modified) {
      response.status = 304;
      return response;
    }
    if (!variant.encoding.empty()) response.add("Content-Encoding", variant.encoding);
    response.add("Accept-Ranges", "bytes");
    add_content(response, request, variant.file);
    return response;
  }

  /// The best that the client takes. What is beside the file is looked up in any case: caches have to
  /// be told that there is a choice.
  Variant variant_of(const Request& request, const std::string& path,
                     std::shared_ptr<const OpenFile> itself) const {
    Variant best{std::move(itself)};
    if (!precompressed_) return best;
    const std::string accepted = list_of(request, "accept-encoding").value_or("");
    int best_quality = 0;
    for (const Compressed& each : compressed) {
      const Found found = directory_.find(path + std::string(each.ending));
      if (found.kind != Found::Kind::file) continue;
      best.varies = true;
      const int quality = quality_of(accepted, each.encoding);
      if (quality <= best_quality) continue;
      best_quality = quality;
      best.file = found.file;
      best.encoding = each.encoding;
    }
    return best;
  }

  const Directory directory_;
  const bool precompressed_;
};

}  // namespace

Handler files(const std::string& directory, const FileOptions& options) {
  const auto all = std::make_shared<const Files>(directory, options);
  return [all](const Request& request) { return all->answer(request); };
}

}  // namespace weir::http
