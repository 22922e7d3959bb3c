#pragma once
// HostsFile: names that this machine's /etc/hosts knows, which win over DNS as they do for every other
// program.

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "probes/transport/file_watch.hpp"

namespace rdpwatch::transport {

/// Names in lower case without trailing dot. Addresses in the file's order, those of several lines together.
/// Lines that are not "address name..." are skipped.
using HostsTable = std::unordered_map<std::string, std::vector<boost::asio::ip::address>>;
HostsTable parse_hosts(std::string_view text);

class HostsFile {
 public:
  HostsFile(std::string path, handshake::Duration check_every);

  /// Addresses of `name` (lower case, without trailing dot); empty when the file does not know it.
  std::vector<boost::asio::ip::address> find(const std::string& name, handshake::TimePoint now);

 private:
  FileWatch watch_;
  HostsTable table_;
};

}  // namespace rdpwatch::transport
