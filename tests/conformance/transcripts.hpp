// Transcripts played to a server, as they are written and cut up.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load/transcript.hpp"
#include "support/play.hpp"
#include "support/servers.hpp"

namespace weir::test {

/// A service, and what its servers are held to.
struct ServiceCase {
  std::string service;
  std::string folder;                     ///< of its transcripts, in tests/transcripts
  std::vector<std::string> options = {};  ///< of the server
  std::vector<std::string> but = {};      ///< transcripts that are not played
  /// How many bytes a server has answered once it has read `sent`, and no more than that. Null: by
  /// what is sent it can't be told.
  std::size_t (*answered)(std::string_view sent) = nullptr;

  std::vector<load::Transcript> transcripts() const;
};

/// Where what a client sends is cut up, rising.
using Cuts = std::vector<std::size_t>;

/// The places of single cuts: all up to 1,024 bytes; of more some fifty, both ends and each power of
/// two among them.
Cuts single_cuts(std::size_t size);

/// Plays `bytes` with each of the cuts, all of which make as many pieces, side by side: what a server
/// is slow at, such as making a process, it does for several at once. Each client finishes at the end.
/// Returns "" or how the first answer that is wrong, from the greeting to the end, differs from the
/// expected one.
///
/// A cut is real: the next piece is sent only after the server's process has read the one before. It
/// has when the piece's answer has come; where none is to come the kernel is asked whether bytes are
/// still unread.
std::string play_cuts(const RunningServer& server, const ServiceCase& service,
                      std::string_view bytes, std::span<const Cuts> all_cuts,
                      std::string_view expected);

}  // namespace weir::test
