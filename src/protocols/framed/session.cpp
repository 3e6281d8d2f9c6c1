#include "framed/session.hpp"

#include "framed/client.hpp"
#include "framed/codec.hpp"

namespace weir::framed {

Task<> session(Stream& peer) {
  co_await peer.write("*");
  Codec codec;
  while (Bytes bytes = co_await peer.read()) {
    co_await peer.write(codec.transform(bytes));
  }
}

Service service() {
  return {.name = "framed",
          .port = 9090,
          .session = session,
          .summary = "the article's protocol: between ^ and $ every byte comes back plus one",
          .exchanges = exchanges(),
          .client = article_client};
}

}  // namespace weir::framed
