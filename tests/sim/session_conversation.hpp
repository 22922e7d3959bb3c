#pragma once
// SessionConversation: what a host without NLA says behind the negotiation, from MCS to licensing. It is as
// strict as the strictest server: a client that says anything wrong is counted, with the reason, and closed.

#include <boost/asio/awaitable.hpp>

#include "tests/sim/line.hpp"
#include "tests/sim/mcs.hpp"

namespace rdpwatch::sim {

class SessionConversation {
 public:
  /// `line` and `spec` must outlive it. `requested` and `selected`: of the negotiation, 0 without one.
  SessionConversation(Line& line, const SessionSpec& spec, std::uint32_t requested, std::uint32_t selected)
      : line_(line), spec_(spec), requested_(requested), selected_(selected) {}

  /// To the end of the connection.
  boost::asio::awaitable<void> run();

 private:
  using Awaitable = boost::asio::awaitable<void>;
  /// False: the host has said its last word, or the connection is over.
  using AwaitableBool = boost::asio::awaitable<bool>;

  Awaitable converse();
  AwaitableBool connect();
  AwaitableBool attach();
  AwaitableBool join();
  AwaitableBool take_client_info();
  /// What follows the Client Info.
  Awaitable license();

  /// The next MCS PDU. Does not return once the client has sent its DisconnectProviderUltimatum.
  boost::asio::awaitable<Bytes> next();
  Awaitable send(Bytes pdu);
  /// False, with the ultimatum sent, if the host is to send it here.
  AwaitableBool spare(SessionPoint point);
  /// Reads until the client ends the connection; its ultimatum counts.
  Awaitable watch();

  Line& line_;
  const SessionSpec& spec_;
  std::uint32_t requested_;
  std::uint32_t selected_;
  ConnectInitial client_;
  std::uint16_t user_ = 0;
  bool finished_ = false;  ///< the host has said its last word
  Bytes received_;
};

}  // namespace rdpwatch::sim
