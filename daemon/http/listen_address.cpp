#include "daemon/http/listen_address.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <charconv>
#include <cstdint>
#include <optional>

namespace rdpwatch::http {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;
using ip::tcp;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

ListenError not_an_address(std::string_view text) {
  return ListenError(
      "\"" + std::string(text) +
      "\" is not an address to listen on; allowed are :port (every interface), ipv4:port and [ipv6]:port");
}

void listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, bool v6_only) {
  acceptor.open(endpoint.protocol());
  acceptor.set_option(boost::asio::socket_base::reuse_address(true));
  if (endpoint.address().is_v6()) acceptor.set_option(ip::v6_only(v6_only));
  acceptor.bind(endpoint);
  acceptor.listen(boost::asio::socket_base::max_listen_connections);
}

}  // namespace

ListenAddress parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) throw not_an_address(text);
  const auto port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) throw not_an_address(text);
  if (host.empty()) return {std::string(text), tcp::endpoint(ip::address_v6::any(), *port), true};

  error_code error;
  ip::address address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    address = ip::make_address_v6(std::string(host.substr(1, host.size() - 2)), error);
  } else {
    address = ip::make_address_v4(std::string(host), error);
  }
  if (error) throw not_an_address(text);
  return {std::string(text), tcp::endpoint(address, *port), false};
}

tcp::acceptor open_acceptor(const boost::asio::any_io_executor& executor, const ListenAddress& address) {
  tcp::acceptor acceptor(executor);
  try {
    listen(acceptor, address.endpoint, !address.every_interface);
    return acceptor;
  } catch (const boost::system::system_error& failed) {
    // A machine without IPv6 has every interface that it has.
    const bool no_ipv6 = failed.code() == boost::asio::error::address_family_not_supported ||
                         failed.code() == boost::system::errc::address_not_available;
    if (!address.every_interface || !no_ipv6) {
      throw ListenError("cannot listen on " + address.text + ": " + failed.code().message());
    }
  }
  tcp::acceptor v4(executor);
  try {
    listen(v4, tcp::endpoint(ip::address_v4::any(), address.endpoint.port()), false);
  } catch (const boost::system::system_error& failed) {
    throw ListenError("cannot listen on " + address.text + ": " + failed.code().message());
  }
  return v4;
}

}  // namespace rdpwatch::http
