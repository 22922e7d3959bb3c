#include "tests/unit/transport/tls_test_peer.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "probes/transport/crypto_library.hpp"
#include "tests/support/test_certificates.hpp"

namespace rdpwatch::transport::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kBound = std::chrono::seconds(20);

void must(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

std::uint16_t number_at(const std::string& bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<std::uint8_t>(bytes.at(at)) << 8 |
                                    static_cast<std::uint8_t>(bytes.at(at + 1)));
}

}  // namespace

LoopbackPair::LoopbackPair() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  must(::listen(listener, 1) == 0, "listen");
  must(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  client_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(::connect(client_, reinterpret_cast<sockaddr*>(&address), size) == 0, "connect");
  server_ = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  must(server_ >= 0, "accept");
  ::close(listener);
  for (const int fd : {client_, server_}) must(::fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
}

LoopbackPair::~LoopbackPair() {
  ::close(client_);
  if (server_ >= 0) ::close(server_);
}

void LoopbackPair::send(const std::string& bytes) const {
  if (bytes.empty()) return;
  // A client that has given up may be gone; that is the test's subject, not its fault.
  (void)!::send(server_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string LoopbackPair::receive_available() const {
  std::string bytes(65536, '\0');
  const ssize_t size = ::recv(server_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

std::string LoopbackPair::receive_record() const {
  std::string bytes;
  const auto end = Clock::now() + kBound;
  while (bytes.size() < 5 || bytes.size() < 5u + number_at(bytes, 3)) {
    pollfd waiting{server_, POLLIN, 0};
    ::poll(&waiting, 1, 100);
    bytes += receive_available();
    must(Clock::now() < end, "waiting for a TLS record");
  }
  return bytes;
}

void LoopbackPair::close_server() {
  ::close(server_);
  server_ = -1;
}

void LoopbackPair::reset_server() {
  const linger now{1, 0};
  ::setsockopt(server_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close_server();
}

MemoryTlsServer::MemoryTlsServer(const ServerSpec& spec)
    : context_(SSL_CTX_new_ex(crypto_library(), nullptr, TLS_server_method())) {
  SSL_CTX* ctx = context_.get();
  must(SSL_CTX_set_min_proto_version(ctx, spec.min_version) == 1, "version");
  must(SSL_CTX_set_max_proto_version(ctx, spec.max_version) == 1, "version");
  must(SSL_CTX_set_cipher_list(ctx, spec.ciphers.c_str()) == 1, "ciphers");
  SSL_CTX_set_dh_auto(ctx, 1);
  if (spec.hello_time) SSL_CTX_set_mode(ctx, SSL_MODE_SEND_SERVERHELLO_TIME);
  if (!spec.groups.empty()) must(SSL_CTX_set1_groups_list(ctx, spec.groups.c_str()) == 1, "groups");
  if (!spec.signatures.empty())
    must(SSL_CTX_set1_sigalgs_list(ctx, spec.signatures.c_str()) == 1, "signatures");
  if (spec.certificate != nullptr) {
    must(SSL_CTX_use_certificate(ctx, spec.certificate) == 1, "certificate");
    must(SSL_CTX_use_PrivateKey(ctx, rdpwatch::test::test_key(spec.key)) == 1, "key");
    for (X509* more : spec.chain) must(SSL_CTX_add1_chain_cert(ctx, more) == 1, "chain");
  }
  if (spec.request_client_certificate) SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  if (spec.require_client_certificate) {
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  ssl_.reset(SSL_new(ctx));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
  SSL_set_accept_state(ssl_.get());
}

void MemoryTlsServer::feed(const std::string& bytes) {
  if (!bytes.empty()) BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

std::string MemoryTlsServer::take_output() {
  BIO* output = SSL_get_wbio(ssl_.get());
  std::string bytes(BIO_ctrl_pending(output), '\0');
  if (!bytes.empty()) BIO_read(output, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void MemoryTlsServer::step() {
  ERR_clear_error();
  SSL_do_handshake(ssl_.get());
  ERR_clear_error();
}

std::string MemoryTlsServer::read() {
  std::string data(65536, '\0');
  std::size_t size = 0;
  SSL_read_ex(ssl_.get(), data.data(), data.size(), &size);
  ERR_clear_error();
  data.resize(size);
  return data;
}

void MemoryTlsServer::write(const std::string& data) {
  must(SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size())) > 0, "server's write");
}

Progress drive(const LoopbackPair& pair, const std::function<Progress()>& step,
               const std::function<void()>& serve) {
  const auto end = Clock::now() + kBound;
  while (Clock::now() < end) {
    const Progress progress = step();
    if (serve) serve();
    if (progress == Progress::done || progress == Progress::failed) return progress;
    const auto client_events = static_cast<short>(progress == Progress::want_read ? POLLIN : POLLOUT);
    pollfd waiting[] = {{pair.client(), client_events, 0}, {serve ? pair.server() : -1, POLLIN, 0}};
    ::poll(waiting, 2, 100);
  }
  ADD_FAILURE() << "neither done nor failed in time";
  return Progress::failed;
}

void serve(const LoopbackPair& pair, MemoryTlsServer& server) {
  server.feed(pair.receive_available());
  if (!server.established()) server.step();
  pair.send(server.take_output());
}

Progress handshake(TlsSession& session, const LoopbackPair& pair, MemoryTlsServer& server) {
  return drive(
      pair, [&] { return session.handshake(); }, [&] { serve(pair, server); });
}

ClientHello parse_client_hello(const std::string& record) {
  ClientHello hello;
  std::size_t at = 5 + 4 + 2 + 32;  // record header, handshake header, legacy version, random
  at += 1u + static_cast<std::uint8_t>(record.at(at));  // session id
  hello.ciphers = numbers(record.substr(at));
  at += 2 + 2 * hello.ciphers.size();
  at += 1u + static_cast<std::uint8_t>(record.at(at));  // compression methods
  const std::size_t end = at + 2 + number_at(record, at);
  at += 2;
  while (at < end) {
    const std::size_t size = number_at(record, at + 2);
    hello.extensions[number_at(record, at)] = record.substr(at + 4, size);
    at += 4 + size;
  }
  return hello;
}

ClientHello client_hello_of(const TlsContexts& contexts, handshake::TlsProfile profile,
                            const std::string& sni) {
  const LoopbackPair pair;
  TlsSession session(contexts, {profile, sni, {}}, pair.client());
  EXPECT_EQ(session.handshake(), Progress::want_read);
  return parse_client_hello(pair.receive_record());
}

std::vector<std::uint16_t> numbers(const std::string& content) {
  std::vector<std::uint16_t> list;
  for (std::size_t at = 2; at < 2u + number_at(content, 0); at += 2) list.push_back(number_at(content, at));
  return list;
}

std::vector<Record> split_records(const std::string& bytes) {
  std::vector<Record> records;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = 5u + number_at(bytes, at + 3);
    records.push_back({static_cast<std::uint8_t>(bytes[at]), bytes.substr(at, size)});
    at += size;
  }
  return records;
}

}  // namespace rdpwatch::transport::test
