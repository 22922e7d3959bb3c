#include "probes/transport/resolv_conf.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "probes/transport/host_name.hpp"

namespace rdpwatch::transport {
namespace {

using boost::asio::ip::udp;

constexpr std::uint16_t kDnsPort = 53;
constexpr std::size_t kMaxServers = 8;
constexpr std::size_t kMaxSearch = 32;
constexpr int kMaxNdots = 15;

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<udp::endpoint> endpoint_of(std::string_view host, std::optional<std::uint16_t> port) {
  boost::system::error_code not_an_address;
  const auto address = boost::asio::ip::make_address(std::string(host), not_an_address);
  if (not_an_address || !port || *port == 0) return std::nullopt;
  return udp::endpoint(address, *port);
}

void set_search(ResolvConf& conf, std::istringstream& words) {
  conf.search.clear();
  for (std::string domain; words >> domain && conf.search.size() < kMaxSearch;) {
    if (domain.ends_with('.')) domain.pop_back();
    if (!host_name_fault(domain)) conf.search.push_back(domain);
  }
}

void set_options(ResolvConf& conf, std::istringstream& words) {
  constexpr std::string_view kNdots = "ndots:";
  for (std::string option; words >> option;) {
    if (!option.starts_with(kNdots)) continue;
    if (const auto ndots = parse_number<int>(std::string_view(option).substr(kNdots.size())))
      conf.ndots = std::clamp(*ndots, 0, kMaxNdots);
  }
}

}  // namespace

std::optional<udp::endpoint> parse_nameserver(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(close + 1);
    const std::string_view host = text.substr(1, close - 1);
    if (host.find(':') == std::string_view::npos) return std::nullopt;
    if (rest.empty()) return endpoint_of(host, kDnsPort);
    if (!rest.starts_with(':')) return std::nullopt;
    return endpoint_of(host, parse_number<std::uint16_t>(rest.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return endpoint_of(text, kDnsPort);
  return endpoint_of(text.substr(0, colon), parse_number<std::uint16_t>(text.substr(colon + 1)));
}

ResolvConf parse_resolv_conf(std::string_view text, std::string_view own_host_name) {
  ResolvConf conf;
  if (const std::size_t dot = own_host_name.find('.'); dot != std::string_view::npos) {
    std::istringstream own_domain{std::string(own_host_name.substr(dot + 1))};
    set_search(conf, own_domain);
  }
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find_first_of("#;")));
    std::string keyword;
    words >> keyword;
    if (keyword == "search" || keyword == "domain") {
      set_search(conf, words);
    } else if (keyword == "options") {
      set_options(conf, words);
    } else if (std::string server; keyword == "nameserver" && words >> server) {
      const auto endpoint = parse_nameserver(server);
      if (endpoint && conf.servers.size() < kMaxServers) conf.servers.push_back(*endpoint);
    }
  }
  if (conf.servers.empty()) conf.servers.emplace_back(boost::asio::ip::address_v4::loopback(), kDnsPort);
  return conf;
}

}  // namespace rdpwatch::transport
