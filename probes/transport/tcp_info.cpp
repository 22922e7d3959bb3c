#include "probes/transport/tcp_info.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

// No Asio here: <linux/tcp.h> and the <netinet/tcp.h> that Asio includes define the same structs.

namespace rdpwatch::transport {
namespace {

// The kernel's number for the state behind a FIN of the peer and before our own; only <netinet/tcp.h> names
// it.
constexpr std::uint8_t kCloseWait = 8;

}  // namespace

std::optional<TcpInfo> read_tcp_info(int fd) {
  // A kernel older than the header fills in less; what it does not know stays 0.
  struct tcp_info info {};
  socklen_t length = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return std::nullopt;
  return TcpInfo{.rtt = std::chrono::microseconds(info.tcpi_rtt),
                 .retransmits = info.tcpi_total_retrans,
                 .bytes_received = info.tcpi_bytes_received,
                 .peer_closed = info.tcpi_state == kCloseWait};
}

}  // namespace rdpwatch::transport
