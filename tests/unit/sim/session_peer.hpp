#pragma once
// A client's side of MCS, GCC and licensing as bytes, for tests that play it against a simulated host.

#include <string>

#include "tests/unit/sim/sim_client.hpp"

namespace rdpwatch::sim {

/// MS-RDPBCGR 4.1.3, a Connect-Initial with the channels rdpdr, cliprdr and rdpsnd and all encryption
/// methods, with this serverSelectedProtocol put in.
std::string connect_initial(std::uint8_t selected);

inline constexpr const char* kErectDomain = "0300000c02f0800401000100";
inline constexpr const char* kAttachUser = "0300000802f08028";
/// Channel Join Request of user 1007, without the channel's four digits.
inline constexpr const char* kJoin = "0300000c02f080380006";
/// Empty strings, Unicode, no extended part, user 1007.
inline constexpr const char* kClientInfo =
    "0300002e02f08064000603eb70204000000000000000100000000000000000000000000000000000000000000000";
inline constexpr const char* kUltimatum = "0300000902f0802180";

/// A client that speaks in clear or within TLS.
class SessionPeer {
 public:
  /// Negotiates, and goes on to TLS unless `selected` is 0.
  SessionPeer(Client& client, std::uint8_t requested, std::uint8_t selected);

  void send(std::string_view hex);
  /// The next whole TPKT; less if the host ends before.
  std::string receive();
  /// From Connect-Initial to the joined channels.
  void join_all();
  /// All of it, and what the host says then.
  std::string answer_to_client_info();
  std::string end();

 private:
  std::string receive(std::size_t size);
  Client& client_;
  std::uint8_t selected_;
};

}  // namespace rdpwatch::sim
