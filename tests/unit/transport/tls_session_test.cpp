// Handshakes that succeed, and what they tell.

#include "probes/transport/tls_session.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "probes/transport/certificate.hpp"
#include "tests/support/test_certificates.hpp"
#include "tests/unit/transport/tls_test_peer.hpp"

namespace rdpwatch::transport::test {
namespace {

using handshake::TlsFacts;
using handshake::TlsProfile;
using handshake::TlsVersion;
using rdpwatch::test::CertificateSpec;
using rdpwatch::test::make_certificate;

class TlsSessionTest : public testing::Test {
 protected:
  TlsSessionTest() : certificate_(make_certificate({})) { spec_.certificate = certificate_.get(); }

  TlsFacts agreed(TlsProfile profile) {
    const LoopbackPair pair;
    MemoryTlsServer server(spec_);
    TlsSession session(contexts_, {profile, "ts09.example.com", {}}, pair.client());
    EXPECT_EQ(handshake(session, pair, server), Progress::done) << session.end().detail;
    EXPECT_TRUE(session.saw_server_hello());
    EXPECT_EQ(session.last_sent(), "Finished");
    return session.facts().value_or(TlsFacts{});
  }

  TlsFacts agreed_on_12(const std::string& ciphers, TlsProfile profile = TlsProfile::modern) {
    spec_.max_version = TLS1_2_VERSION;
    spec_.ciphers = ciphers + ":@SECLEVEL=0";
    return agreed(profile);
  }

  TlsContexts contexts_;
  X509Ptr certificate_;
  ServerSpec spec_;
};

TEST_F(TlsSessionTest, tls13) {
  const TlsFacts facts = agreed(TlsProfile::modern);
  EXPECT_EQ(facts.version, TlsVersion::tls13);
  EXPECT_EQ(facts.cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(facts.group, "x25519");
  EXPECT_EQ(facts.profile, TlsProfile::modern);
  EXPECT_FALSE(facts.needs_legacy);
}

TEST_F(TlsSessionTest, tls13_with_another_group) {
  spec_.groups = "ffdhe2048";  // the client guesses x25519, so there is a HelloRetryRequest
  EXPECT_EQ(agreed(TlsProfile::modern).group, "ffdhe2048");
}

TEST_F(TlsSessionTest, tls12) {
  const TlsFacts facts = agreed_on_12("ECDHE-RSA-AES256-GCM-SHA384");
  EXPECT_EQ(facts.version, TlsVersion::tls12);
  EXPECT_EQ(facts.cipher, "ECDHE-RSA-AES256-GCM-SHA384");
  EXPECT_EQ(facts.group, "x25519");
  EXPECT_FALSE(facts.needs_legacy);
}

TEST_F(TlsSessionTest, server_hello_time_before_tls13) {
  spec_.hello_time = true;
  EXPECT_FALSE(agreed(TlsProfile::modern).hello_time) << "TLS 1.3 has none";
  const auto before = std::chrono::system_clock::now();
  const auto told = agreed_on_12("ECDHE-RSA-AES256-GCM-SHA384").hello_time;
  ASSERT_TRUE(told);
  const auto seconds = [](auto time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  };
  EXPECT_GE(*told, seconds(before));
  EXPECT_LE(*told, seconds(std::chrono::system_clock::now()));
}

TEST_F(TlsSessionTest, one_version_alone) {
  for (const TlsVersion version :
       {TlsVersion::tls10, TlsVersion::tls11, TlsVersion::tls12, TlsVersion::tls13}) {
    const LoopbackPair pair;
    MemoryTlsServer server(spec_);
    const auto profile = version == TlsVersion::tls13 ? TlsProfile::modern : TlsProfile::legacy;
    TlsSession session(contexts_, {profile, "", version}, pair.client());
    ASSERT_EQ(handshake(session, pair, server), Progress::done) << session.end().detail;
    EXPECT_EQ(session.facts()->version, version);
  }
  spec_.max_version = TLS1_2_VERSION;
  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", TlsVersion::tls13}, pair.client());
  EXPECT_EQ(handshake(session, pair, server), Progress::failed);
  EXPECT_EQ(session.end().alert, 70) << session.end().detail;
}

TEST_F(TlsSessionTest, tls12_key_exchanges) {
  spec_.groups = "P-256";
  EXPECT_EQ(agreed_on_12("ECDHE-RSA-AES128-SHA").group, "secp256r1");
  spec_.groups = "";
  EXPECT_EQ(agreed_on_12("AES256-GCM-SHA384").group, "");
  EXPECT_EQ(agreed_on_12("DHE-RSA-AES256-GCM-SHA384").group, "dh2048");
}

TEST_F(TlsSessionTest, old_versions_need_the_legacy_profile) {
  spec_.max_version = TLS1_VERSION;
  TlsFacts facts = agreed(TlsProfile::legacy);
  EXPECT_EQ(facts.version, TlsVersion::tls10);
  EXPECT_EQ(facts.cipher, "ECDHE-RSA-AES256-SHA");
  EXPECT_EQ(facts.profile, TlsProfile::legacy);
  EXPECT_TRUE(facts.needs_legacy);

  spec_.ciphers = "AES128-SHA:@SECLEVEL=0";
  facts = agreed(TlsProfile::legacy);
  EXPECT_EQ(facts.cipher, "AES128-SHA");
  EXPECT_EQ(facts.group, "");

  spec_.max_version = TLS1_1_VERSION;
  facts = agreed(TlsProfile::legacy);
  EXPECT_EQ(facts.version, TlsVersion::tls11);
  EXPECT_TRUE(facts.needs_legacy);
}

TEST_F(TlsSessionTest, legacy_profile_that_was_not_needed) {
  EXPECT_FALSE(agreed_on_12("ECDHE-RSA-AES256-GCM-SHA384", TlsProfile::legacy).needs_legacy);
  EXPECT_FALSE(agreed_on_12("AES128-SHA", TlsProfile::legacy).needs_legacy);
  EXPECT_FALSE(agreed_on_12("DHE-RSA-AES128-SHA", TlsProfile::legacy).needs_legacy);
}

TEST_F(TlsSessionTest, what_the_modern_profile_would_refuse_needs_legacy) {
  spec_.signatures = "RSA+SHA1";
  EXPECT_TRUE(agreed_on_12("ECDHE-RSA-AES256-SHA", TlsProfile::legacy).needs_legacy);
  EXPECT_FALSE(agreed_on_12("AES256-SHA", TlsProfile::legacy).needs_legacy);  // nothing is signed
}

TEST_F(TlsSessionTest, anonymous_cipher_has_no_certificate) {
  spec_.certificate = nullptr;
  spec_.max_version = TLS1_2_VERSION;
  spec_.ciphers = "aNULL:@SECLEVEL=0";
  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::legacy, "", {}}, pair.client());
  ASSERT_EQ(handshake(session, pair, server), Progress::done);
  EXPECT_EQ(session.facts()->cipher, "ADH-AES256-GCM-SHA384");
  EXPECT_TRUE(session.facts()->needs_legacy);
  EXPECT_EQ(session.leaf(), nullptr);
  EXPECT_TRUE(session.chain().empty());
}

TEST_F(TlsSessionTest, certificate_that_no_client_would_take_ends_nothing) {
  CertificateSpec odd;
  odd.key = "RSA 1024";
  odd.digest = "SHA1";
  odd.serial = "-1";
  odd.not_before = "270101000000Z";
  odd.not_after = "200101000000Z";
  odd.extensions = {{"extendedKeyUsage", "clientAuth"}, {"keyUsage", "keyEncipherment"}};
  certificate_ = make_certificate(odd);
  spec_.certificate = certificate_.get();
  spec_.key = "RSA 1024";
  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "other.example.com", {}}, pair.client());
  ASSERT_EQ(handshake(session, pair, server), Progress::done) << session.end().detail;
  EXPECT_EQ(certificate_facts(session.leaf()).serial, "-01");
}

TEST_F(TlsSessionTest, chain_is_kept_as_sent) {
  std::vector<X509Ptr> authorities;
  for (int i = 0; i < 20; ++i) {
    CertificateSpec authority;
    authority.subject = {{"CN", "authority " + std::to_string(i)}};
    authority.key = "EC P-256";
    authorities.push_back(make_certificate(authority));
    spec_.chain.push_back(authorities.back().get());
  }
  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair.client());
  ASSERT_EQ(handshake(session, pair, server), Progress::done);
  ASSERT_EQ(session.chain().size(), 16u);
  EXPECT_EQ(certificate_facts(session.leaf()).subject, "CN=ts09");
  EXPECT_EQ(certificate_facts(session.chain()[1].get()).subject, "CN=authority 0");
  EXPECT_EQ(certificate_facts(session.chain()[15].get()).subject, "CN=authority 14");
}

TEST_F(TlsSessionTest, nothing_is_claimed_before_the_server_answers) {
  const LoopbackPair pair;
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair.client());
  EXPECT_EQ(session.last_sent(), "");
  EXPECT_EQ(session.handshake(), Progress::want_read);
  EXPECT_EQ(session.last_sent(), "ClientHello");
  EXPECT_FALSE(session.saw_server_hello());
  EXPECT_EQ(session.facts(), std::nullopt);
  EXPECT_EQ(session.leaf(), nullptr);
  EXPECT_EQ(session.shutdown(), Progress::done);  // nothing to close yet
}

TEST_F(TlsSessionTest, data_and_close) {
  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair.client());
  ASSERT_EQ(handshake(session, pair, server), Progress::done);

  const std::vector<std::uint8_t> request = {'p', 'i', 'n', 'g'};
  std::size_t written = 0;
  ASSERT_EQ(session.write(request, written), Progress::done);
  EXPECT_EQ(written, 4u);
  const auto echo = [&] {
    serve(pair, server);
    if (server.established() && server.read() == "ping") server.write("pong");
    pair.send(server.take_output());
  };
  std::uint8_t buffer[100];
  std::size_t received = 0;
  ASSERT_EQ(drive(
                pair, [&] { return session.read(buffer, received); }, echo),
            Progress::done);
  EXPECT_EQ(std::string(buffer, buffer + received), "pong");

  EXPECT_EQ(session.shutdown(), Progress::done);
  drive(
      pair, [&] { return server.got_close_notify() ? Progress::done : Progress::want_read; },
      [&] {
        serve(pair, server);
        server.read();
      });
  EXPECT_TRUE(server.got_close_notify());
}

TEST_F(TlsSessionTest, write_goes_on_where_a_full_socket_stopped_it) {
  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair.client());
  ASSERT_EQ(handshake(session, pair, server), Progress::done);
  serve(pair, server);

  std::string text(16 << 20, 'x');
  for (std::size_t i = 0; i < text.size(); i += 4096) text[i] = static_cast<char>('a' + i / 4096 % 26);
  std::vector<std::uint8_t> data(text.begin(), text.end());
  std::size_t sent = 0;
  bool was_full = false;
  std::string arrived;
  const auto write_all = [&] {
    std::size_t written = 0;
    Progress progress = Progress::done;
    while (sent < data.size() && progress == Progress::done) {
      progress = session.write(std::span(data).subspan(sent), written);
      sent += written;
    }
    was_full = was_full || progress == Progress::want_write;
    return progress;
  };
  const auto take = [&] {
    serve(pair, server);
    for (std::string piece = server.read(); !piece.empty(); piece = server.read()) arrived += piece;
  };
  EXPECT_EQ(drive(pair, write_all, take), Progress::done);
  drive(
      pair, [&] { return arrived.size() < text.size() ? Progress::want_read : Progress::done; }, take);
  EXPECT_TRUE(was_full);
  EXPECT_TRUE(arrived == text);
}

}  // namespace
}  // namespace rdpwatch::transport::test
