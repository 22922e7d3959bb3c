#pragma once
// TCP_INFO of a connection: what the kernel measured.

#include <cstdint>
#include <optional>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::transport {

struct TcpInfo {
  handshake::Duration rtt{};      ///< smoothed, in whole microseconds; 0 when nothing was measured
  std::uint32_t retransmits = 0;  ///< segments sent again since the connection was opened, the SYN included
  /// Received in order since the connection was opened, whether read or not. A FIN counts as one byte. Always
  /// 0 on kernels before 4.1, which do not tell.
  std::uint64_t bytes_received = 0;
  /// The peer's FIN came, and is among `bytes_received`. False once we closed too, or a reset came behind it.
  bool peer_closed = false;
};

/// Nothing when `fd` is no TCP socket.
std::optional<TcpInfo> read_tcp_info(int fd);

}  // namespace rdpwatch::transport
