#include "daemon/fleet/subnet.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace rdpwatch::fleet {
namespace {

/// The address alone, without brackets and port.
std::string bare(const std::string& address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  return std::count(address.begin(), address.end(), ':') == 1 ? address.substr(0, address.find(':'))
                                                              : address;
}

}  // namespace

std::string subnet_of(const std::string& address) {
  const std::string host = bare(address);
  std::array<char, INET6_ADDRSTRLEN> text{};
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    v4.s_addr &= htonl(0xFFFFFF00U);
    return std::string(inet_ntop(AF_INET, &v4, text.data(), text.size())) + "/24";
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
    std::fill(std::begin(v6.s6_addr) + 8, std::end(v6.s6_addr), std::uint8_t{0});
    return std::string(inet_ntop(AF_INET6, &v6, text.data(), text.size())) + "/64";
  }
  return {};
}

}  // namespace rdpwatch::fleet
