#include "probes/transport/tcp_info.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace rdpwatch::transport {
namespace {

using boost::asio::ip::tcp;

class TcpInfoTest : public testing::Test {
 protected:
  TcpInfoTest() {
    tcp::acceptor acceptor(io_, {boost::asio::ip::address_v4::loopback(), 0});
    client_.connect(acceptor.local_endpoint());
    server_ = acceptor.accept();
  }

  std::uint64_t received() {
    return read_tcp_info(client_.native_handle()).value_or(TcpInfo{}).bytes_received;
  }

  boost::asio::io_context io_;
  tcp::socket client_{io_};
  tcp::socket server_{io_};
};

TEST_F(TcpInfoTest, FreshConnection) {
  const auto info = read_tcp_info(client_.native_handle());
  ASSERT_TRUE(info);
  // The SYN and its answer were measured; over loopback that is less than a second on any machine.
  EXPECT_GT(info->rtt, std::chrono::microseconds(0));
  EXPECT_LT(info->rtt, std::chrono::seconds(1));
  EXPECT_EQ(info->retransmits, 0u);
  EXPECT_EQ(info->bytes_received, 0u);
}

TEST_F(TcpInfoTest, BytesCountWhetherReadOrNotAndAFinAsOne) {
  boost::asio::write(server_, boost::asio::buffer(std::string("hello")));
  client_.wait(tcp::socket::wait_read);
  EXPECT_EQ(received(), 5u);
  std::array<char, 5> bytes{};
  boost::asio::read(client_, boost::asio::buffer(bytes));
  EXPECT_EQ(received(), 5u);
  server_.shutdown(tcp::socket::shutdown_send);
  client_.wait(tcp::socket::wait_read);
  EXPECT_EQ(received(), 6u);
  EXPECT_TRUE(read_tcp_info(client_.native_handle())->peer_closed);
  EXPECT_FALSE(read_tcp_info(server_.native_handle())->peer_closed);
}

TEST_F(TcpInfoTest, NotATcpSocket) {
  boost::asio::ip::udp::socket udp(io_, boost::asio::ip::udp::v4());
  EXPECT_FALSE(read_tcp_info(udp.native_handle()));
  EXPECT_FALSE(read_tcp_info(-1));
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  EXPECT_FALSE(read_tcp_info(pipe_ends[0]));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

}  // namespace
}  // namespace rdpwatch::transport
