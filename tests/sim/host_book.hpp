#pragma once
// HostBook: what each simulated address has seen, and which item of its sequence is next. Thread-safe.

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/fleet.hpp"

namespace rdpwatch::sim {

/// Who ended a connection, and how.
enum class End {
  close_notify,  ///< the client: TLS close_notify, then FIN
  fin,           ///< the client: FIN alone
  client_reset,  ///< the client: RST
  host_reset,    ///< we: RST, as scripted
  timeout,       ///< we: connection_timeout was over
  stopped        ///< we: the simulator stopped
};

/// Counters are since the start; a reload keeps them.
struct HostStats {
  std::uint64_t connections = 0;   ///< accepted
  std::uint64_t refused = 0;       ///< of these, beyond the connection limit
  std::uint64_t requests = 0;      ///< well-formed Connection Requests
  std::uint64_t bad_requests = 0;  ///< anything else that came first
  std::uint64_t client_hellos = 0;
  std::uint64_t not_tls = 0;                 ///< first bytes where a ClientHello belongs that are no TLS
  std::uint64_t handshakes = 0;              ///< complete for the server: it has the client's Finished
  std::uint64_t tls_failures = 0;            ///< handshakes or sessions that OpenSSL gave up
  std::uint64_t nla_negotiates = 0;          ///< TSRequests with an NTLM NEGOTIATE
  std::uint64_t nla_authenticates = 0;       ///< NTLM AUTHENTICATEs, each of them a logon attempt
  std::uint64_t connect_initials = 0;        ///< good MCS Connect-Initials
  std::uint64_t client_infos = 0;            ///< Client Infos without a user
  std::uint64_t ultimatums = 0;              ///< DisconnectProviderUltimatums of the client
  std::uint64_t session_errors = 0;          ///< what no good client sends behind the negotiation
  std::uint64_t faults = 0;                  ///< scripted faults performed
  std::uint64_t closed_by_close_notify = 0;  ///< how connections ended, see End
  std::uint64_t closed_by_fin = 0;
  std::uint64_t reset_by_client = 0;
  std::uint64_t reset_by_host = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t open = 0;  ///< now
  std::uint64_t max_open =
      0;  ///< at once; a connection whose client has sent its FIN or RST no longer counts
  std::optional<std::chrono::milliseconds> min_spacing;  ///< between two accepts
  std::optional<std::string> last_cookie;                ///< of the last request; empty: it had none
  std::optional<std::string> last_server_name;           ///< SNI of the last ClientHello; empty: it had none
  std::string last_tls_offer;                            ///< highest version in the last ClientHello
  std::string last_tls_error;                            ///< OpenSSL's words
  std::string last_session_error;                        ///< what the client did wrong
  std::vector<std::uint32_t> requested_protocols;  ///< of the last 16 requests that had any, oldest first
};

class HostBook {
 public:
  /// A connection to `address` was accepted as `descriptor`. Returns the index of the behaviour to use;
  /// nothing when the connection is beyond the host's limit. `close` must follow before the descriptor is
  /// closed.
  std::optional<std::size_t> open(const boost::asio::ip::address& address, const PreparedHostPtr& host,
                                  int descriptor);
  void close(const boost::asio::ip::address& address, int descriptor, End end);
  void note(const boost::asio::ip::address& address, const std::function<void(HostStats&)>& change);
  void count_unserved();

  std::optional<HostStats> stats(const boost::asio::ip::address& address) const;
  std::map<boost::asio::ip::address, HostStats> all() const;
  std::uint64_t unserved() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    HostStats stats;
    Clock::time_point last_accept;
    PreparedHostPtr host;
    std::uint64_t used = 0;  ///< connections that took an item of the present sequence
    std::vector<int> descriptors;
  };

  mutable std::mutex mutex_;
  std::map<boost::asio::ip::address, Entry> entries_;
  std::uint64_t unserved_ = 0;
};

/// The index in `sequence` for the connection number `used`, counted from 0.
std::size_t sequence_index(const HostScenario& scenario, std::uint64_t used);

}  // namespace rdpwatch::sim
