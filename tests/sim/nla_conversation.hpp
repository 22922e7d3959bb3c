#pragma once
// NlaConversation: what a host says behind TLS when hybrid or hybrid_ex was selected, up to the CHALLENGE.
// Nobody ever logs on to it; it only counts those who try.

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "tests/sim/line.hpp"
#include "tests/sim/nla.hpp"

namespace rdpwatch::sim {

class NlaConversation {
 public:
  /// Both must outlive it.
  NlaConversation(Line& line, const NlaSpec& spec) : line_(line), spec_(spec) {}

  /// To the end of the connection.
  boost::asio::awaitable<void> run();

 private:
  using Awaitable = boost::asio::awaitable<void>;

  /// Nothing for anything but a NEGOTIATE.
  boost::asio::awaitable<std::optional<NlaNegotiate>> read_negotiate();
  Awaitable answer(bool spnego);
  /// Reads until the client ends the connection, and counts its logon attempts.
  Awaitable watch();
  void count_authenticates();
  Bytes challenge(bool spnego) const;

  Line& line_;
  const NlaSpec& spec_;
  Bytes received_;
};

}  // namespace rdpwatch::sim
