#pragma once
// The counters as JSON, as rdpsim writes them to its stats file.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "tests/sim/host_book.hpp"

namespace rdpwatch::sim {

struct Totals {
  std::uint64_t snapshot = 0;  ///< counts the snapshots, from 1
  std::uint64_t reloads = 0;
  std::uint64_t reload_failures = 0;
  std::uint64_t unserved = 0;
};

std::string to_json(const Totals& totals, const std::map<boost::asio::ip::address, HostStats>& hosts);

}  // namespace rdpwatch::sim
