#pragma once
#include <cstddef>
#include <string_view>

namespace weir {

/// A run of bytes that may be changed in place: what `Stream::read` lends. A view, never an owner.
class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr Bytes(char* data, std::size_t size) : data_(data), size_(size) {}

  constexpr char* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr char* begin() const { return data_; }
  constexpr char* end() const { return data_ + size_; }
  constexpr bool empty() const { return size_ == 0; }
  /// The first `size` bytes; `size` is at most `size()`.
  constexpr Bytes first(std::size_t size) const { return {data_, size}; }

  /// False for an empty run, which is how a read says that the peer finished sending.
  constexpr explicit operator bool() const { return size_ != 0; }
  constexpr operator std::string_view() const { return {data_, size_}; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weir
