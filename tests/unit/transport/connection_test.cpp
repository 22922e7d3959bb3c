#include "probes/transport/connection.hpp"

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <thread>
#include <utility>

namespace rdpwatch::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using handshake::Clock;
using handshake::FailureReason;

struct Outcomes {
  IoOutcome connected{IoOutcome::Kind::cancelled, {}, 0, {}};
  IoOutcome answer{
      IoOutcome::Kind::cancelled, {}, 0, {}};  ///< of the write, or of the read where the write went out
};

asio::awaitable<void> connect_and_ask(asio::io_context& io, tcp::endpoint host, SocketSettings settings,
                                      Outcomes& outcomes) {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  const handshake::Bytes request(19, 0x03);
  handshake::Bytes bytes;
  Connection connection(io);
  outcomes.connected = co_await connection.connect(host, std::move(settings), deadline);
  if (outcomes.connected.kind != IoOutcome::Kind::ok) co_return;
  outcomes.answer = co_await connection.send(request, deadline);
  if (outcomes.answer.kind != IoOutcome::Kind::ok) co_return;
  outcomes.answer = co_await connection.receive(19, bytes, deadline);
}

Outcomes ask(tcp::endpoint host, SocketSettings settings = {}) {
  asio::io_context io;
  Outcomes outcomes;
  asio::co_spawn(io, connect_and_ask(io, host, std::move(settings), outcomes), asio::detached);
  io.run();
  return outcomes;
}

// The reset is there before connect()'s end is looked at in some rounds, behind it in others. So it is on a
// busy machine too, and a host must not be called by two names for it.
TEST(ConnectionTest, ResetBehindTheThreeWayHandshakeIsNeverConnectsFailure) {
  constexpr int kRounds = 200;
  asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::make_address_v4("127.0.21.250"), 0));
  std::thread host([&acceptor] {
    for (int round = 0; round < kRounds; ++round) {
      tcp::socket accepted = acceptor.accept();
      accepted.set_option(asio::socket_base::linger(true, 0));
      accepted.close();
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    const Outcomes outcomes = ask(acceptor.local_endpoint());
    EXPECT_EQ(outcomes.connected.kind, IoOutcome::Kind::ok);
    EXPECT_EQ(outcomes.answer.kind, IoOutcome::Kind::failed);
    EXPECT_EQ(outcomes.answer.reason, FailureReason::connection_reset);
  }
  host.join();
}

TEST(ConnectionTest, ClosedPortIsRefusedInConnect) {
  asio::io_context io;
  tcp::acceptor taken(io, tcp::endpoint(asio::ip::make_address_v4("127.0.21.251"), 0));
  const tcp::endpoint host = taken.local_endpoint();
  taken.close();
  const Outcomes outcomes = ask(host);
  EXPECT_EQ(outcomes.connected.kind, IoOutcome::Kind::failed);
  EXPECT_EQ(outcomes.connected.reason, FailureReason::connection_refused);
}

TEST(ConnectionTest, SegmentsAreNoLongerThanAsked) {
  asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::make_address_v4("127.0.21.252"), 0));
  // What the peer may send at once says what our SYN asked for. The kernel takes its time stamps off it.
  const auto segment_of_peer = [&acceptor](std::uint16_t max_segment) {
    int size = 0;
    std::thread host([&acceptor, &size] {
      tcp::socket accepted = acceptor.accept();
      socklen_t length = sizeof(size);
      EXPECT_EQ(::getsockopt(accepted.native_handle(), IPPROTO_TCP, TCP_MAXSEG, &size, &length), 0);
    });
    EXPECT_EQ(ask(acceptor.local_endpoint(), {"", max_segment}).connected.kind, IoOutcome::Kind::ok);
    host.join();
    return size;
  };
  EXPECT_GT(segment_of_peer(0), 1460);
  for (const std::uint16_t max_segment : {536, 1200}) {
    const int size = segment_of_peer(max_segment);
    EXPECT_LE(size, max_segment);
    EXPECT_GE(size, max_segment - 12);
  }
}

TEST(ConnectionTest, SegmentThatTheKernelRefusesIsOurOwnFault) {
  const Outcomes outcomes = ask(tcp::endpoint(asio::ip::make_address_v4("127.0.21.253"), 9), {"", 40});
  EXPECT_EQ(outcomes.connected.kind, IoOutcome::Kind::failed);
  EXPECT_EQ(outcomes.connected.reason, FailureReason::local_resources);
  EXPECT_EQ(outcomes.connected.detail, "EINVAL: Invalid argument");
}

}  // namespace
}  // namespace rdpwatch::transport
