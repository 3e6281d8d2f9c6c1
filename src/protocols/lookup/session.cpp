// Keys and values: the same straight-line session asks another server over a socket, which never
// blocks a loop, or a library that blocks, which is handed to another thread.
#include "lookup/session.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <weir/error.hpp>

#include "lines/lines.hpp"
#include "lookup/client.hpp"
#include "lookup/question.hpp"
#include "lookup/resp.hpp"

namespace weir::lookup {
namespace {

/// The line that says what came of it.
std::string line_of(const std::optional<std::string>& value) {
  if (!value) return "\n";
  if (value->find('\n') != std::string::npos) return "error: the value is more than a line\n";
  return *value + '\n';
}

std::string error_line(std::string_view why) {
  return "error: " + std::string(why) + '\n';
}

/// The answer, or what there is instead of one, as a line.
std::string line_of(ReplyReader& reader, std::string_view bytes) {
  try {
    const std::optional<Reply> reply = reader.feed(bytes);
    if (!reply) return "";
    if (reply->kind == Reply::Kind::error) return error_line("Redis says " + reply->text);
    return reply->kind == Reply::Kind::nothing ? line_of(std::nullopt) : line_of(reply->text);
  } catch (const std::runtime_error& error) {
    return error_line(error.what());
  }
}

/// A session's own connection to Redis, made for its first question.
class Redis {
 public:
  Redis(Io& io, const Address& address) : io_(io), address_(address) {}

  Task<std::string> answer(const Question& question) {
    if (!connected_) {
      Connected connected = co_await io_.connect(address_);
      connected_ = std::move(connected);
      if (!connected_) co_return error_line("no Redis: " + connected_.error.message());
    }
    const std::string command = question.value
                                    ? resp_command({"SET", question.key, *question.value})
                                    : resp_command({"GET", question.key});
    const std::string line = co_await ask(command);
    if (line.starts_with("error: ")) connected_ = {};  // what else comes over it can't be trusted
    if (question.value && line == "OK\n") co_return *question.value + '\n';
    co_return line;
  }

 private:
  /// Asks, and reads on until all of the answer has come, in however many pieces.
  Task<std::string> ask(std::string_view command) {
    Stream& redis = *connected_.stream;
    bool sent = false;
    try {
      co_await redis.write(command);
      sent = true;
    } catch (const StreamError&) {  // which says nothing of the client's own stream
    }
    if (!sent) co_return error_line("Redis has left");
    ReplyReader reader;
    for (;;) {
      const ReadResult heard = co_await redis.read().result();
      if (heard.error || !heard.bytes) co_return error_line("Redis has left");
      std::string line = line_of(reader, heard.bytes);
      if (!line.empty()) co_return line;
    }
  }

  Io& io_;
  const Address& address_;
  Connected connected_;
};

/// Blocks.
std::string answer_of(SqliteStore& store, const Question& question) {
  try {
    if (question.value) store.set(question.key, *question.value);
    return line_of(question.value ? question.value : store.get(question.key));
  } catch (const std::runtime_error& error) {
    return error_line(error.what());
  }
}

Task<std::string> answer(Io& io, Redis* redis, SqliteStore* sqlite, const Question& question) {
  if (redis != nullptr) {
    std::string line = co_await redis->answer(question);
    co_return line;
  }
  const auto work = [sqlite, &question] { return answer_of(*sqlite, question); };
  std::string line = co_await io.offload(work);
  co_return line;
}

/// What the line asks for; or what is to be answered instead.
std::string understand(const lines::Line& line, Question& question) {
  try {
    question = parse(line);
    return "";
  } catch (const std::invalid_argument& error) {
    return error_line(error.what());
  }
}

}  // namespace

Task<> session(Stream& peer, const Store& store) {
  std::optional<Redis> redis;
  if (const auto* address = std::get_if<Address>(&store)) redis.emplace(peer.io(), *address);
  const auto* file = std::get_if<std::shared_ptr<SqliteStore>>(&store);
  SqliteStore* const sqlite = file == nullptr ? nullptr : file->get();
  lines::Lines lines(line_bytes_max);
  Bytes bytes;
  do {
    bytes = co_await peer.read();
    lines.feed(bytes);
    while (const auto line = bytes ? lines.next() : lines.rest()) {
      Question question;
      std::string said = understand(*line, question);
      if (said.empty()) {
        std::string answered =
            co_await answer(peer.io(), redis ? &*redis : nullptr, sqlite, question);
        said = std::move(answered);
      }
      co_await peer.write(said);
    }
  } while (bytes);
}

}  // namespace weir::lookup
