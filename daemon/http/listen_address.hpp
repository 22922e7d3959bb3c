#pragma once
// Addresses to listen on, as --web.listen-address has them.

#include <boost/asio/ip/tcp.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rdpwatch::http {

/// what() is a text for people: which address, what is wrong, what is allowed.
class ListenError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// ":9839" (every interface), "127.0.0.1:9839" or "[::1]:9839"; port 0 lets the system choose.
struct ListenAddress {
  std::string text;                         ///< as it was given
  boost::asio::ip::tcp::endpoint endpoint;  ///< for every interface: the IPv6 one
  bool every_interface = false;             ///< IPv4 and IPv6
};

/// Throws ListenError.
ListenAddress parse_listen_address(std::string_view text);

/// An acceptor that listens. Throws ListenError, for example "cannot listen on :9839: Address already in
/// use".
boost::asio::ip::tcp::acceptor open_acceptor(const boost::asio::any_io_executor& executor,
                                             const ListenAddress& address);

}  // namespace rdpwatch::http
