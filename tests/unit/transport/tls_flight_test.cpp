// Windows wants the client's last flight of TLS 1.2 and below in one piece.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes/transport/tls_session.hpp"
#include "tests/support/test_certificates.hpp"
#include "tests/unit/transport/tls_test_peer.hpp"

namespace rdpwatch::transport::test {
namespace {

using handshake::TlsProfile;
using testing::ElementsAre;

/// A connection that keeps each write apart, with a server that answers in pieces as OpenSSL reads them: a
/// record's header, then its body.
class PacketPair {
 public:
  PacketPair() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_), 0);
  }
  ~PacketPair() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  PacketPair(const PacketPair&) = delete;
  PacketPair& operator=(const PacketPair&) = delete;

  int client() const { return ends_[0]; }

  /// Bytes of one write; empty when there is none.
  std::string receive() const {
    std::string bytes(65536, '\0');
    const ssize_t size = ::recv(ends_[1], bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
  }

  void send(const std::string& bytes) const {
    for (const Record& record : split_records(bytes)) {
      EXPECT_EQ(::send(ends_[1], record.bytes.data(), 5, 0), 5);
      const auto body = static_cast<ssize_t>(record.bytes.size() - 5);
      EXPECT_EQ(::send(ends_[1], record.bytes.data() + 5, record.bytes.size() - 5, 0), body);
    }
  }

 private:
  int ends_[2] = {-1, -1};
};

/// Content types of the records in each write of the client, for example {{22}, {22, 20, 22}}.
using Writes = std::vector<std::vector<int>>;

Writes writes_of_handshake(TlsProfile profile, const ServerSpec& spec) {
  const TlsContexts contexts;
  const PacketPair pair;
  MemoryTlsServer server(spec);
  TlsSession session(contexts, {profile, "ts09.example.com", {}}, pair.client());
  Writes writes;
  Progress progress = Progress::want_read;
  // Writes within the process arrive at once: each round either brings the handshake forward or it never
  // ends.
  for (int round = 0; round < 10 && progress == Progress::want_read; ++round) {
    progress = session.handshake();
    for (std::string bytes = pair.receive(); !bytes.empty(); bytes = pair.receive()) {
      std::vector<int> types;
      for (const Record& record : split_records(bytes)) types.push_back(record.content_type);
      writes.push_back(types);
      server.feed(bytes);
    }
    server.step();
    pair.send(server.take_output());
  }
  EXPECT_EQ(progress, Progress::done) << session.end().detail;
  EXPECT_TRUE(server.established());
  return writes;
}

class TlsFlight : public testing::Test {
 protected:
  TlsFlight() : certificate_(rdpwatch::test::make_certificate({})) { spec_.certificate = certificate_.get(); }

  X509Ptr certificate_;
  ServerSpec spec_;
};

TEST_F(TlsFlight, static_rsa_of_tls_1_0) {
  spec_.max_version = TLS1_VERSION;
  spec_.ciphers = "AES128-SHA:@SECLEVEL=0";
  // ClientHello; ClientKeyExchange, ChangeCipherSpec, Finished.
  EXPECT_THAT(writes_of_handshake(TlsProfile::legacy, spec_),
              ElementsAre(ElementsAre(22), ElementsAre(22, 20, 22)));
}

TEST_F(TlsFlight, tls_1_2) {
  spec_.max_version = TLS1_2_VERSION;
  EXPECT_THAT(writes_of_handshake(TlsProfile::modern, spec_),
              ElementsAre(ElementsAre(22), ElementsAre(22, 20, 22)));
}

TEST_F(TlsFlight, server_that_asks_for_a_client_certificate) {
  spec_.max_version = TLS1_2_VERSION;
  spec_.request_client_certificate = true;
  // An empty Certificate comes first.
  EXPECT_THAT(writes_of_handshake(TlsProfile::modern, spec_),
              ElementsAre(ElementsAre(22), ElementsAre(22, 22, 20, 22)));
}

TEST_F(TlsFlight, tls_1_3) {
  // The ChangeCipherSpec is for middleboxes; Finished is encrypted.
  EXPECT_THAT(writes_of_handshake(TlsProfile::modern, spec_),
              ElementsAre(ElementsAre(22), ElementsAre(20, 23)));
}

}  // namespace
}  // namespace rdpwatch::transport::test
