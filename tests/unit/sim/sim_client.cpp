#include "tests/unit/sim/sim_client.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace rdpwatch::sim {

namespace {

std::string hex(const std::uint8_t* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 0xFU];
  }
  return text;
}

std::string last_tls_error() {
  const unsigned long code = ERR_peek_error();
  const int error = errno;
  ERR_clear_error();
  if (code != 0)
    return ERR_reason_error_string(code) != nullptr ? ERR_reason_error_string(code) : std::to_string(code);
  if (error == ECONNRESET || error == EPIPE) return "reset";
  return error == EAGAIN ? "timeout" : "closed";
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Next next) {
  switch (next) {
    case Next::data:
      return out << "data";
    case Next::closed:
      return out << "closed";
    case Next::reset:
      return out << "reset";
    case Next::silent:
      return out << "silent";
  }
  return out;
}

Client::Client(const std::string& address, std::uint16_t port) {
  const boost::asio::ip::tcp::endpoint where(boost::asio::ip::make_address(address), port);
  descriptor_ = socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (::connect(descriptor_, where.data(), static_cast<socklen_t>(where.size())) != 0) {
    const std::string why = std::strerror(errno);
    ::close(descriptor_);
    throw std::runtime_error("connect: " + why);
  }
}

Client::~Client() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Client::send(const Bytes& bytes) {
  ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Client::request(std::uint32_t protocols) {
  Bytes bytes =
      from_hex("0300002b26e00000000000436f6f6b69653a206d737473686173683d70726f62650d0a0100080000000000")
          .value();
  bytes[bytes.size() - 4] = static_cast<std::uint8_t>(protocols);
  send(bytes);
}

std::string Client::receive_hex(std::size_t size) {
  Bytes bytes(size);
  const ssize_t count = recv(descriptor_, bytes.data(), bytes.size(), MSG_WAITALL);
  return hex(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
}

Next Client::next(std::chrono::milliseconds patience) {
  pollfd wanted{descriptor_, POLLIN, 0};
  if (poll(&wanted, 1, static_cast<int>(patience.count())) == 0) return Next::silent;
  std::uint8_t byte = 0;
  const ssize_t count = recv(descriptor_, &byte, 1, MSG_PEEK);
  if (count > 0) return Next::data;
  return count == 0 ? Next::closed : Next::reset;
}

TlsOutcome Client::tls(int min_version, int max_version, const std::string& server_name) {
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_min_proto_version(context_.get(), min_version);
  SSL_CTX_set_max_proto_version(context_.get(), max_version);
  SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
  ssl_.reset(SSL_new(context_.get()));
  if (!server_name.empty()) SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
  SSL_set_fd(ssl_.get(), descriptor_);
  TlsOutcome outcome;
  errno = 0;
  outcome.established = SSL_connect(ssl_.get()) == 1;
  if (!outcome.established) {
    outcome.error = last_tls_error();
    return outcome;
  }
  outcome.version = SSL_get_version(ssl_.get());
  outcome.cipher = SSL_get_cipher_name(ssl_.get());
  outcome.certificate.reset(SSL_get1_peer_certificate(ssl_.get()));
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl_.get());
  outcome.chain_length = chain != nullptr ? static_cast<std::size_t>(sk_X509_num(chain)) : 0;
  return outcome;
}

std::string Client::receive_hex_in_tls(std::size_t size) {
  Bytes bytes(size);
  std::size_t have = 0;
  while (have < size) {
    const int count = SSL_read(ssl_.get(), bytes.data() + have, static_cast<int>(size - have));
    if (count <= 0) break;
    have += static_cast<std::size_t>(count);
  }
  return hex(bytes.data(), have);
}

void Client::send_in_tls(const Bytes& bytes) {
  SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

std::string Client::end_of_tls() {
  std::uint8_t byte = 0;
  errno = 0;
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), &byte, 1);
  if (count > 0) return "data";
  if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) return "close_notify";
  const std::string error = last_tls_error();
  return error == "unexpected eof while reading" ? "closed" : error;
}

void Client::close_in_order() {
  if (ssl_) SSL_shutdown(ssl_.get());
  ::shutdown(descriptor_, SHUT_WR);
  std::uint8_t rest[4096];
  while (recv(descriptor_, rest, sizeof(rest), 0) > 0) continue;
}

void Client::reset() {
  const linger now{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  ::close(descriptor_);
  descriptor_ = -1;
}

void wait_until(const std::function<bool()>& condition, const std::string& what) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "not within ten seconds: " << what;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void SimulatorTest::start(Scenarios scenarios, int threads) {
  scenarios.port = 0;
  simulator_ = std::make_unique<Simulator>(io_, std::move(scenarios));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { io_.run(); });
}

void SimulatorTest::start(Behaviour behaviour) {
  Scenarios scenarios;
  scenarios.hosts.emplace_back(AddressRange::parse("127.77.0.0/16").value(),
                               HostScenario(std::move(behaviour)));
  start(std::move(scenarios));
}

void SimulatorTest::wait_for_stats(const std::function<bool(const HostStats&)>& condition,
                                   const std::string& what) {
  wait_until([&] { return condition(stats()); }, what);
}

std::string SimulatorTest::confirm(Client& client, std::uint32_t protocols) {
  client.request(protocols);
  return client.receive_hex(19);
}

void SimulatorTest::TearDown() {
  if (simulator_) simulator_->stop();
  work_.reset();
  // Returns once every connection has ended: the simulator leaves nothing behind.
  threads_.clear();
}

}  // namespace rdpwatch::sim
