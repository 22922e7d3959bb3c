#pragma once
// FileWatch: tells when a small system file has changed, looking at most as often as it is told to.

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::transport {

class FileWatch {
 public:
  FileWatch(std::string path, handshake::Duration check_every);

  /// The file's text when this is the first call or the file has changed since the last one, otherwise
  /// nothing. A missing file counts as empty, as does one that can't be opened the first time; later, one
  /// that can't be opened counts as unchanged until it can. Of a file longer than 1 MiB the rest is ignored.
  std::optional<std::string> changed_text(handshake::TimePoint now);

 private:
  /// Device, inode, size, seconds and nanoseconds of the last change; all 0 for a missing file.
  using Identity = std::tuple<unsigned long, unsigned long, long, long, long>;
  Identity identity() const;
  std::optional<std::string> read() const;

  std::string path_;
  handshake::Duration check_every_;
  std::optional<Identity> seen_;
  handshake::TimePoint next_check_;
};

}  // namespace rdpwatch::transport
