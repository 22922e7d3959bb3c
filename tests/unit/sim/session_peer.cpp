#include "tests/unit/sim/session_peer.hpp"

namespace rdpwatch::sim {

namespace {

constexpr const char* kConnectInitial =
    "030001a002f0807f658201940401010401010101ff30190201220201020201000201010201000201010202ffff02010230190201"
    "0102010102010102010102010002010102020420020102301c0202ffff0202fc170202ffff0201010201000201010202ffff0201"
    "0204820133000500147c0001812a000800100001c00044756361811c01c0d800040008000005000401ca03aa09040000ce0e0000"
    "45004c0054004f004e0053002d0044004500560032000000000000000000000004000000000000000c0000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000001ca010000000000180007000100360039003700310032002d003700380033002d003000330035003700390037003400"
    "2d003400320037003100340000000000000000000000000000000000000000000000000004c00c000d0000000000000002c00c00"
    "1b0000000000000003c02c0003000000726470647200000000008080636c6970726472000000a0c0726470736e640000000000c"
    "0";
/// Of serverSelectedProtocol in it.
constexpr std::size_t kSelectedProtocol = 344;

}  // namespace

std::string connect_initial(std::uint8_t selected) {
  std::string hex = kConnectInitial;
  hex[2 * kSelectedProtocol + 1] = static_cast<char>('0' + selected);
  return hex;
}

SessionPeer::SessionPeer(Client& client, std::uint8_t requested, std::uint8_t selected)
    : client_(client), selected_(selected) {
  client.request(requested);
  EXPECT_EQ(client.receive_hex(19).substr(30), "0" + std::to_string(selected) + "000000");
  if (selected != 0) {
    EXPECT_TRUE(client.tls().established);
  }
}

void SessionPeer::send(std::string_view hex) {
  if (selected_ == 0) {
    client_.send_hex(hex);
  } else {
    client_.send_hex_in_tls(hex);
  }
}

std::string SessionPeer::receive(std::size_t size) {
  return selected_ == 0 ? client_.receive_hex(size) : client_.receive_hex_in_tls(size);
}

std::string SessionPeer::receive() {
  const std::string header = receive(4);
  if (header.size() < 8) return header;
  return header + receive(std::stoul(header.substr(4), nullptr, 16) - 4);
}

void SessionPeer::join_all() {
  send(connect_initial(selected_));
  receive();
  send(kErectDomain);
  send(kAttachUser);
  EXPECT_EQ(receive(), "0300000b02f0802e000006");
  for (const std::string channel : {"03ef", "03eb", "03ec", "03ed", "03ee"}) {
    send(kJoin + channel);
    EXPECT_EQ(receive(), "0300000f02f0803e000006" + channel + channel);
  }
}

std::string SessionPeer::answer_to_client_info() {
  join_all();
  send(kClientInfo);
  return receive();
}

std::string SessionPeer::end() {
  if (selected_ != 0) return client_.end_of_tls();
  return client_.next() == Next::closed ? "closed" : "not closed";
}

}  // namespace rdpwatch::sim
