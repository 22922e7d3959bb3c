// Every way a session can end, told apart.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>

#include "probes/transport/certificate.hpp"
#include "probes/transport/tls_session.hpp"
#include "tests/support/test_certificates.hpp"
#include "tests/unit/transport/tls_test_peer.hpp"

namespace rdpwatch::transport::test {
namespace {

using namespace std::string_literals;
using handshake::TlsProfile;
using rdpwatch::test::make_certificate;

class TlsFailure : public testing::Test {
 protected:
  TlsFailure() : certificate_(make_certificate({})) { spec_.certificate = certificate_.get(); }

  /// Answers the ClientHello with these bytes and goes on until the session fails.
  void answer(TlsSession& session, const std::string& bytes) {
    EXPECT_EQ(session.handshake(), Progress::want_read);
    pair_.receive_record();
    pair_.send(bytes);
    finish(session);
  }

  void finish(TlsSession& session) {
    EXPECT_EQ(drive(
                  pair_, [&] { return session.handshake(); }, nullptr),
              Progress::failed);
    EXPECT_EQ(session.facts(), std::nullopt);
  }

  /// What a TLS 1.2 server answers to this session's ClientHello, record by record.
  std::vector<Record> first_flight(TlsSession& session) {
    spec_.max_version = TLS1_2_VERSION;
    MemoryTlsServer server(spec_);
    EXPECT_EQ(session.handshake(), Progress::want_read);
    server.feed(pair_.receive_record());
    server.step();
    return split_records(server.take_output());
  }

  TlsContexts contexts_;
  X509Ptr certificate_;
  ServerSpec spec_;
  LoopbackPair pair_;
};

void expect_end(const TlsSession& session, TlsEndKind kind, int error, const std::string& detail) {
  EXPECT_EQ(session.end().kind, kind);
  EXPECT_EQ(session.end().error, error);
  EXPECT_EQ(session.end().detail, detail);
}

/// A ServerHello record as a server of before RFC 5746 sends it.
std::string without_renegotiation_info(std::string record) {
  const std::string extension = "\xff\x01\x00\x01\x00"s;
  const std::size_t at = record.find(extension);
  EXPECT_NE(at, std::string::npos);
  record.erase(at, extension.size());
  const std::size_t session_id = 43;
  const std::size_t extensions = session_id + 1 + static_cast<std::uint8_t>(record[session_id]) + 2 + 1;
  // The lengths of record, message and extensions, each below 256 here.
  for (const std::size_t length : {std::size_t{4}, std::size_t{8}, extensions + 1}) {
    record[length] = static_cast<char>(record[length] - static_cast<char>(extension.size()));
  }
  return record;
}

TEST_F(TlsFailure, no_shared_cipher) {
  spec_.max_version = TLS1_2_VERSION;
  spec_.ciphers = "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0";  // the certificate is RSA
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(handshake(session, pair_, server), Progress::failed);
  expect_end(session, TlsEndKind::alert, 0, "received alert handshake_failure (40)");
  EXPECT_EQ(session.end().alert, 40);
  EXPECT_FALSE(session.saw_server_hello());
  EXPECT_EQ(session.last_sent(), "ClientHello");
}

TEST_F(TlsFailure, old_server_at_the_modern_profile) {
  spec_.max_version = TLS1_VERSION;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(handshake(session, pair_, server), Progress::failed);
  EXPECT_EQ(session.end().alert, 70);
}

TEST_F(TlsFailure, alerts_keep_their_number) {
  for (const auto& [number, detail] : {std::pair{'\x50', "received alert internal_error (80)"},
                                       std::pair{'\x4D', "received alert unknown alert (77)"}}) {
    TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
    answer(session, "\x15\x03\x03\0\x02\x02"s + number);
    expect_end(session, TlsEndKind::alert, 0, detail);
    EXPECT_EQ(session.end().alert, number);
  }
}

TEST_F(TlsFailure, close_notify_instead_of_an_answer) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  answer(session, "\x15\x03\x03\0\x02\x01\0"s);
  expect_end(session, TlsEndKind::alert, 0, "received alert close_notify (0)");
  EXPECT_EQ(session.end().alert, 0);
}

TEST_F(TlsFailure, closed_after_client_hello) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  pair_.receive_record();  // nothing unread, so this is a FIN and no RST
  pair_.close_server();
  finish(session);
  expect_end(session, TlsEndKind::io, 0, "connection closed by the peer");
  EXPECT_EQ(session.last_sent(), "ClientHello");
  EXPECT_FALSE(session.saw_server_hello());
}

TEST_F(TlsFailure, closed_within_a_record) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  pair_.receive_record();
  pair_.send("\x16\x03\x03"s);
  pair_.close_server();
  finish(session);
  expect_end(session, TlsEndKind::io, 0, "connection closed by the peer");
}

TEST_F(TlsFailure, reset_after_client_hello) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  pair_.receive_record();
  pair_.reset_server();
  finish(session);
  expect_end(session, TlsEndKind::io, ECONNRESET, "Connection reset by peer");
  EXPECT_EQ(session.handshake(), Progress::failed);  // and stays so
  expect_end(session, TlsEndKind::io, ECONNRESET, "Connection reset by peer");
  EXPECT_EQ(session.shutdown(), Progress::done);
}

TEST_F(TlsFailure, reset_before_client_hello_is_the_writes_error) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  pair_.reset_server();
  finish(session);
  expect_end(session, TlsEndKind::io, ECONNRESET, "Connection reset by peer");
}

TEST_F(TlsFailure, broken_pipe_raises_no_signal) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);  // whoever started the test may ignore it
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  ASSERT_EQ(::shutdown(pair_.client(), SHUT_WR), 0);
  finish(session);
  expect_end(session, TlsEndKind::io, EPIPE, "Broken pipe");
  std::signal(SIGPIPE, before);
}

TEST_F(TlsFailure, disconnect_provider_ultimatum_instead_of_tls) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  answer(session, "\x03\0\0\x09\x02\xf0\x80\x21\x80"s);
  expect_end(session, TlsEndKind::not_spoken, 0, "the answer begins with 0300000902f0802180 \".......!.\"");
  EXPECT_FALSE(session.saw_server_hello());
}

TEST_F(TlsFailure, web_server_instead_of_tls) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  answer(session, "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n");
  expect_end(session, TlsEndKind::not_spoken, 0,
             "the answer begins with 485454502f312e312034303020426164205265717565737"
             "40d0a536572766572 "
             "\"HTTP/1.1 400 Bad Request..Server\"");
}

TEST_F(TlsFailure, not_tls_byte_by_byte) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  pair_.receive_record();
  pair_.send("\x16");
  drive(
      pair_,
      [&] {
        char byte = 0;
        const bool taken = ::recv(pair_.client(), &byte, 1, MSG_PEEK) < 0;
        return taken                                        ? Progress::done
               : session.handshake() == Progress::want_read ? Progress::want_read
                                                            : Progress::failed;
      },
      nullptr);
  pair_.send("\x02");
  finish(session);
  expect_end(session, TlsEndKind::not_spoken, 0, "the answer begins with 1602 \"..\"");
}

TEST_F(TlsFailure, garbage_in_a_record) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  answer(session, "\x16\x03\x03\0\x08garbage!"s);
  expect_end(session, TlsEndKind::protocol_error, 0, "unexpected message");
}

TEST_F(TlsFailure, garbage_and_a_reset_behind_it) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  pair_.receive_record();
  pair_.send("\x16\x03\x03\0\x08garbage!"s);
  pair_.reset_server();
  finish(session);
  expect_end(session, TlsEndKind::protocol_error, 0, "unexpected message");
}

TEST_F(TlsFailure, endless_record) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  answer(session, "\x16\x03\x03\xff\xff"s);
  expect_end(session, TlsEndKind::protocol_error, 0, "packet length too long");
}

TEST_F(TlsFailure, messages_to_skip_without_end_do_not_hold_the_thread) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  pair_.receive_record();
  // 4096 HelloRequests, which a client in a handshake skips.
  const std::string record = "\x16\x03\x03\x40\x00"s + std::string(16384, '\0');
  pair_.send(record + record + record + record + record + record);
  EXPECT_EQ(session.handshake(), Progress::want_read);
  int left = 0;
  ASSERT_EQ(ioctl(pair_.client(), FIONREAD, &left), 0);
  EXPECT_EQ(left, 6 * 16389 - 65536);
  EXPECT_EQ(session.handshake(), Progress::want_read);
  ASSERT_EQ(ioctl(pair_.client(), FIONREAD, &left), 0);
  EXPECT_EQ(left, 0);
}

TEST_F(TlsFailure, version_that_was_not_offered) {
  TlsSession session(contexts_, {TlsProfile::legacy, "", {}}, pair_.client());
  std::string hello = first_flight(session).at(0).bytes;
  hello[9] = 3;
  hello[10] = 0;  // SSL 3.0
  pair_.send(hello);
  finish(session);
  expect_end(session, TlsEndKind::protocol_error, 0, "unsupported protocol");
}

TEST_F(TlsFailure, certificate_survives_a_reset_behind_it) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  const std::vector<Record> flight = first_flight(session);
  pair_.send(flight.at(0).bytes + flight.at(1).bytes);  // ServerHello, Certificate
  drive(
      pair_,
      [&] {
        session.handshake();
        return session.leaf() != nullptr ? Progress::done : Progress::want_read;
      },
      nullptr);
  pair_.reset_server();
  finish(session);
  expect_end(session, TlsEndKind::io, ECONNRESET, "Connection reset by peer");
  EXPECT_TRUE(session.saw_server_hello());
  ASSERT_NE(session.leaf(), nullptr);
  EXPECT_EQ(certificate_facts(session.leaf()).subject, "CN=ts09");
}

TEST_F(TlsFailure, certificate_survives_a_bad_signature) {
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  std::string bytes;
  for (Record& record : first_flight(session)) {
    if (record.bytes[5] == SSL3_MT_SERVER_KEY_EXCHANGE) record.bytes.back() ^= 1;
    bytes += record.bytes;
  }
  pair_.send(bytes);
  finish(session);
  EXPECT_EQ(session.end().kind, TlsEndKind::protocol_error);
  EXPECT_THAT(session.end().detail, testing::HasSubstr("bad signature"));
  ASSERT_NE(session.leaf(), nullptr);
  EXPECT_EQ(certificate_facts(session.leaf()).subject, "CN=ts09");
}

TEST_F(TlsFailure, certificate_survives_a_key_that_cannot_be_decoded) {
  rdpwatch::test::CertificateSpec ec;
  ec.key = "EC P-256";
  certificate_ = make_certificate(ec);
  spec_.certificate = certificate_.get();
  spec_.key = "EC P-256";
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  std::string bytes;
  for (Record& record : first_flight(session)) {
    const std::size_t point = record.bytes.find("\x03\x42\x00\x04"s);
    if (record.bytes[5] == SSL3_MT_CERTIFICATE && point != std::string::npos) record.bytes[point + 3] = 9;
    bytes += record.bytes;
  }
  pair_.send(bytes);
  finish(session);
  expect_end(session, TlsEndKind::protocol_error, 0, "decode error, unable to find public key parameters");
  ASSERT_NE(session.leaf(), nullptr);
  EXPECT_EQ(certificate_facts(session.leaf()).key_bits, 0);
}

TEST_F(TlsFailure, server_without_secure_renegotiation_needs_the_legacy_profile) {
  spec_.ciphers = "AES128-SHA:@SECLEVEL=0";
  TlsSession modern(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  pair_.send(without_renegotiation_info(first_flight(modern).at(0).bytes));
  finish(modern);
  expect_end(modern, TlsEndKind::protocol_error, 0, "unsafe legacy renegotiation disabled");

  const LoopbackPair pair;
  MemoryTlsServer server(spec_);
  TlsSession legacy(contexts_, {TlsProfile::legacy, "", {}}, pair.client());
  EXPECT_EQ(legacy.handshake(), Progress::want_read);
  server.feed(pair.receive_record());
  server.step();
  std::string flight;
  for (const Record& record : split_records(server.take_output())) {
    flight +=
        record.bytes[5] == SSL3_MT_SERVER_HELLO ? without_renegotiation_info(record.bytes) : record.bytes;
  }
  pair.send(flight);
  const auto until_finished = [&] {
    EXPECT_NE(legacy.handshake(), Progress::failed) << legacy.end().detail;
    return legacy.last_sent() == "Finished" ? Progress::done : Progress::want_read;
  };
  EXPECT_EQ(drive(pair, until_finished, nullptr), Progress::done);
}

TEST_F(TlsFailure, alert_within_the_session) {
  spec_.min_version = TLS1_3_VERSION;
  spec_.require_client_certificate = true;
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  ASSERT_EQ(handshake(session, pair_, server), Progress::done);  // TLS 1.3: the server has not judged us yet
  std::uint8_t buffer[10];
  std::size_t received = 0;
  EXPECT_EQ(drive(
                pair_, [&] { return session.read(buffer, received); }, [&] { serve(pair_, server); }),
            Progress::failed);
  expect_end(session, TlsEndKind::alert, 0, "received alert certificate_required (116)");
  EXPECT_EQ(session.end().alert, 116);
  EXPECT_NE(session.leaf(), nullptr);
}

TEST_F(TlsFailure, close_notify_within_the_session) {
  MemoryTlsServer server(spec_);
  TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair_.client());
  ASSERT_EQ(handshake(session, pair_, server), Progress::done);
  serve(pair_, server);
  const auto close = [&] {
    serve(pair_, server);
    if (server.established()) server.send_close_notify();
    pair_.send(server.take_output());
  };
  std::uint8_t buffer[10];
  std::size_t received = 0;
  EXPECT_EQ(drive(
                pair_, [&] { return session.read(buffer, received); }, close),
            Progress::failed);
  expect_end(session, TlsEndKind::io, 0, "received alert close_notify (0)");
  EXPECT_EQ(session.end().alert, std::nullopt);
}

TEST_F(TlsFailure, closed_and_reset_within_the_session) {
  for (const bool reset : {false, true}) {
    LoopbackPair pair;
    MemoryTlsServer server(spec_);
    TlsSession session(contexts_, {TlsProfile::modern, "", {}}, pair.client());
    ASSERT_EQ(handshake(session, pair, server), Progress::done);
    drive(
        pair, [&] { return server.established() ? Progress::done : Progress::want_read; },
        [&] { serve(pair, server); });
    if (reset) {
      pair.reset_server();
    } else {
      pair.close_server();
    }
    std::uint8_t buffer[10];
    std::size_t received = 0;
    EXPECT_EQ(drive(
                  pair, [&] { return session.read(buffer, received); }, nullptr),
              Progress::failed);
    expect_end(session, TlsEndKind::io, reset ? ECONNRESET : 0,
               reset ? "Connection reset by peer" : "connection closed by the peer");
  }
}

}  // namespace
}  // namespace rdpwatch::transport::test
