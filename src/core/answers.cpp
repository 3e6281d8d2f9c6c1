#include <algorithm>
#include <memory>

#include <weir/service.hpp>

namespace weir {
namespace {

/// Answers that are all alike, cut wherever the pieces happen to be. Copies share the bytes.
class SameAnswers {
 public:
  explicit SameAnswers(std::string answer)
      : answer_(std::make_shared<const std::string>(std::move(answer))) {}

  std::size_t operator()(std::string_view piece) {
    std::size_t ended = 0;
    while (!piece.empty()) {
      const std::size_t size = std::min(piece.size(), answer_->size() - seen_);
      if (answer_->compare(seen_, size, piece.substr(0, size)) != 0) fail(piece.substr(0, size));
      piece.remove_prefix(size);
      seen_ += size;
      if (seen_ < answer_->size()) break;
      seen_ = 0;
      ++ended;
    }
    return ended;
  }

 private:
  [[noreturn]] void fail(std::string_view piece) const {
    const auto differ = std::mismatch(piece.begin(), piece.end(),
                                      answer_->begin() + static_cast<std::ptrdiff_t>(seen_));
    const std::size_t right = seen_ + static_cast<std::size_t>(differ.first - piece.begin());
    throw ProtocolError("the server sent a wrong byte, after " + std::to_string(right) + " of " +
                        std::to_string(answer_->size()) + " right bytes");
  }

  std::shared_ptr<const std::string> answer_;
  std::size_t seen_ = 0;  // of the one that has begun
};

}  // namespace

Answers same_answers(std::string answer) {
  return SameAnswers(std::move(answer));
}

}  // namespace weir
