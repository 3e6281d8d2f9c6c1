#pragma once
#include <weir/bytes.hpp>

namespace weir::framed {

/// The framed protocol's transformation, whatever the pieces in which its input comes: between `^`
/// and `$` every byte b is answered by (b + 1) mod 256; what stands outside is dropped. A `^`
/// inside a message is an ordinary byte. Source: Bendersky, "Concurrent Servers", part 1 (2017).
class Codec {
 public:
  /// Transforms `bytes` in place. Returns the answer, which starts where `bytes` does and is at
  /// most as long; possibly empty.
  Bytes transform(Bytes bytes);

 private:
  bool in_message_ = false;
};

}  // namespace weir::framed
