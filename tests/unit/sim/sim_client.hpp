#pragma once
// A blocking client with its own idea of RDP and TLS, and a simulator that runs in a thread of the test.

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "tests/sim/payloads.hpp"
#include "tests/sim/personalities.hpp"
#include "tests/sim/simulator.hpp"

namespace rdpwatch::sim {

/// A Connection Confirm that selects HYBRID_EX, in hex.
inline constexpr const char* kConfirmHybridEx = "030000130ed00000123400021f080008000000";

/// What the next read of a client says.
enum class Next { data, closed, reset, silent };
std::ostream& operator<<(std::ostream& out, Next next);

struct TlsOutcome {
  bool established = false;
  std::string version;
  std::string cipher;
  std::string error;  ///< OpenSSL's reason, or "reset", "closed", "timeout"
  X509Ptr certificate;
  std::size_t chain_length = 0;
};

class Client {
 public:
  Client(const std::string& address, std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(const Bytes& bytes);
  void send_hex(std::string_view hex) { send(from_hex(hex).value()); }
  /// A Connection Request with the cookie "probe" and these requestedProtocols.
  void request(std::uint32_t protocols);
  /// Exactly so many bytes, or fewer if the host ends before.
  std::string receive_hex(std::size_t size);
  /// Waits for the next byte or the end. `silent`: nothing within the time.
  Next next(std::chrono::milliseconds patience = std::chrono::seconds(10));
  TlsOutcome tls(int min_version = TLS1_VERSION, int max_version = TLS1_3_VERSION,
                 const std::string& server_name = "");
  /// Application data of exactly this size, or less if the host ends before.
  std::string receive_hex_in_tls(std::size_t size);
  void send_in_tls(const Bytes& bytes);
  void send_hex_in_tls(std::string_view hex) { send_in_tls(from_hex(hex).value()); }
  /// How the host ends the session: "close_notify", "reset", "closed" for a FIN without close_notify; "data"
  /// if there is still something to read.
  std::string end_of_tls();
  void close_in_order();
  void reset();

 private:
  int descriptor_ = -1;
  std::unique_ptr<SSL_CTX, OpensslDeleter<&SSL_CTX_free>> context_;
  std::unique_ptr<SSL, OpensslDeleter<&SSL_free>> ssl_;
};

/// Returns once the condition holds; fails the test after ten seconds.
void wait_until(const std::function<bool()>& condition, const std::string& what);

class SimulatorTest : public ::testing::Test {
 protected:
  static constexpr const char* kHost = "127.77.0.1";

  void start(Scenarios scenarios, int threads = 1);
  void start(Behaviour behaviour);
  void start(std::string_view personality_name) { start(personality(personality_name).value()); }
  Client connect(const std::string& address = kHost) { return Client(address, simulator_->port()); }
  HostStats stats(const std::string& address = kHost) {
    return simulator_->stats(address).value_or(HostStats{});
  }
  void wait_for_stats(const std::function<bool(const HostStats&)>& condition, const std::string& what);
  /// Connects, asks for everything and reads the Connection Confirm.
  std::string confirm(Client& client, std::uint32_t protocols = 0x0B);
  void TearDown() override;

  boost::asio::io_context io_;
  std::unique_ptr<Simulator> simulator_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<std::jthread> threads_;
};

}  // namespace rdpwatch::sim
