#pragma once
// How the connections of the evidence ended in TLS. Private to this room.

#include "probes/diagnosis/evidence.hpp"

namespace rdpwatch::diagnosis {

/// Connections that a reset or a close ended between our ClientHello and the first byte of an answer: the
/// plain ones, with the other TLS profile that they tried, and the experiments that vary TLS alone.
struct ClientHelloCuts {
  int cut = 0;
  int other = 0;            ///< came as far as TLS and went another way
  bool legacy_cut = false;  ///< one of them offered the legacy profile
  handshake::Duration slowest{};
  handshake::Duration rtt{};  ///< the longest of those connections; 0: not known
};
ClientHelloCuts client_hello_cuts(const Evidence& evidence);

/// The failure is a reset or a close after the ClientHello, with no byte of an answer.
bool is_client_hello_cut(const handshake::Failure& failure);

/// Within two round trips and 200 ms each: the time that a server needs to fail, not a timer's.
bool cut_at_once(const ClientHelloCuts& cuts);

}  // namespace rdpwatch::diagnosis
