// The `weir` command: the command line of weir's own services.
#include <weir/service.hpp>

#include "chat/session.hpp"
#include "framed/session.hpp"
#include "http/service.hpp"
#include "lookup/session.hpp"
#include "prime/session.hpp"
#include "relay/session.hpp"
#include "wordgame/session.hpp"
#include "work/http.hpp"
#include "work/session.hpp"

namespace {

weir::Service web() {
  return weir::http::service(weir::http::OptionalRoute{
      "--work",
      "answer /work?block=3ms&reply=4KiB as the service work does, for measuring only: a client "
      "says what it costs",
      "/work", weir::work::answer});
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(argc, argv,
                   std::vector<weir::Service>{weir::framed::service(), weir::prime::service(),
                                              weir::chat::service(), weir::wordgame::service(),
                                              weir::relay::service(), weir::work::service(),
                                              weir::lookup::service(), web()});
}
