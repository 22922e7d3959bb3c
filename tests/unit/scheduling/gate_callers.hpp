#pragma once
// Coroutines that ask a gate for a connection, on an event loop that the test turns by hand.

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/scheduling/gate.hpp"

namespace rdpwatch::scheduling {

inline boost::asio::ip::tcp::endpoint at(const std::string& address, std::uint16_t port = 3389) {
  return {boost::asio::ip::make_address(address), port};
}

/// One caller: what it was told, and when.
struct Caller {
  bool done = false;
  bool cancelled = false;
  transport::Admission admission;
  handshake::TimePoint when;
  boost::asio::cancellation_signal cancel;

  bool waits() const { return !done; }
  bool granted() const { return done && admission.granted; }
  std::string denied() const { return done ? admission.denied_why : "(still waits)"; }
  void close() { admission.slot = transport::ConnectionSlot(); }
};
using CallerPtr = std::shared_ptr<Caller>;

inline boost::asio::awaitable<void> ask(Gate& gate, boost::asio::ip::tcp::endpoint to,
                                        std::optional<handshake::TimePoint> deadline, CallerPtr caller) {
  auto admission = co_await gate.admit(to, deadline);
  caller->admission = std::move(admission);
  caller->when = handshake::Clock::now();
  caller->done = true;
}

class GateTest : public testing::Test {
 protected:
  CallerPtr call(Gate& gate, const boost::asio::ip::tcp::endpoint& to,
                 std::optional<handshake::Duration> within = std::nullopt) {
    auto caller = std::make_shared<Caller>();
    std::optional<handshake::TimePoint> deadline;
    if (within) deadline = handshake::Clock::now() + *within;
    const auto finished = [caller](const std::exception_ptr& error) {
      if (!error) return;
      try {
        std::rethrow_exception(error);
      } catch (const boost::system::system_error& problem) {
        caller->cancelled = problem.code() == boost::asio::error::operation_aborted;
      }
    };
    boost::asio::co_spawn(io_, ask(gate, to, deadline, caller),
                          boost::asio::bind_cancellation_slot(caller->cancel.slot(), finished));
    settle();
    return caller;
  }

  /// Runs what can run without waiting.
  void settle() {
    io_.restart();
    io_.poll();
  }

  /// Turns the loop until it holds; false after ten seconds.
  bool eventually(const std::function<bool()>& condition) {
    const auto end = handshake::Clock::now() + std::chrono::seconds(10);
    while (!condition() && handshake::Clock::now() < end) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(20));
    }
    return condition();
  }

  void cancel(const CallerPtr& caller) {
    caller->cancel.emit(boost::asio::cancellation_type::terminal);
    settle();
  }

  boost::asio::io_context io_;
};

}  // namespace rdpwatch::scheduling
