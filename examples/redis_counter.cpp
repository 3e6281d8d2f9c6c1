// A server that asks another one: a name on a line is counted in Redis, and a name with a question
// mark looked up there. What sessions share lives in a store, so this runs under every model, in
// any number of processes.
//
//   redis_counter serve -m fork --redis 127.0.0.1:6379      apples    ->  apples 1
//                                                           apples?   ->  apples 1
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <weir/weir.hpp>

namespace {

constexpr std::size_t name_bytes_max = 100;

/// A command of two words as Redis reads it (RESP): their number, and each behind its length.
std::string command(std::string_view verb, std::string_view key) {
  std::string text = "*2\r\n";
  for (const std::string_view word : {verb, key}) {
    text += "$" + std::to_string(word.size()) + "\r\n";
    text += word;
    text += "\r\n";
  }
  return text;
}

/// The value in `reply`, once all of it is there: a number is `:5`, a string `$1` with `5` on a line
/// of its own, nothing `$-1`, an error `-ERR` and why.
std::optional<std::string> value_of(std::string_view reply) {
  const std::size_t end = reply.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = reply.substr(0, end);
  if (line.starts_with(':')) return std::string(line.substr(1));
  if (!line.starts_with('$')) return "error: Redis says " + std::string(line);
  if (line == "$-1") return "0";
  std::size_t size = 0;
  std::from_chars(line.data() + 1, line.data() + line.size(), size);
  const std::string_view rest = reply.substr(end + 2);
  if (rest.size() < size + 2) return std::nullopt;
  return std::string(rest.substr(0, size));
}

/// Asks, and reads on until all of the answer has come, in however many pieces.
weir::Task<std::string> ask(weir::Stream& redis, std::string_view verb, std::string_view key) {
  const std::string question = command(verb, key);
  co_await redis.write(question);
  std::string reply;
  while (true) {
    const weir::Bytes bytes = co_await redis.read();
    if (!bytes) co_return "error: Redis has left";
    reply.append(bytes.begin(), bytes.size());
    if (const auto value = value_of(reply)) co_return *value;
  }
}

weir::Task<> answer(weir::Stream& client, weir::Stream& redis, std::string_view name) {
  const bool only_looks = name.ends_with('?');
  if (only_looks) name.remove_suffix(1);
  const std::string count = co_await ask(redis, only_looks ? "GET" : "INCR", name);
  co_await client.write(name, " ", count, "\n");
}

weir::Task<> count_names(weir::Stream& client, weir::Address address) {
  const weir::Connected redis = co_await client.io().connect(address);
  if (!redis) {
    const std::string why = redis.error.message();
    co_await client.write("error: no Redis: ", why, "\n");
    co_return;
  }
  std::string name;
  while (weir::Bytes bytes = co_await client.read()) {
    for (const char c : bytes) {  // they stay lent until the next read of this very stream
      if (c != '\n' && name.size() < name_bytes_max) {
        name += c;
        continue;
      }
      co_await answer(client, *redis.stream, name);
      name.clear();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  weir::Address address = weir::Address::parse("127.0.0.1:6379");
  weir::Service service{
      .name = "redis_counter", .port = 9093, .session = [&](weir::Stream& client) {
        return count_names(client, address);
      }};
  service.summary = "counts names in Redis";
  service.options = {
      {.name = "--redis",
       .value = "ADDRESS",
       .help = "HOST:PORT or unix:PATH of Redis (127.0.0.1:6379)",
       .set = [&](const std::string& word) { address = weir::Address::parse(word); }}};
  return weir::run(argc, argv, std::move(service));
}
