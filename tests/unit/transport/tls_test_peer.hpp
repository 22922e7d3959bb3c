#pragma once
// The other end for tests of TlsSession, in the same thread: a TCP connection over loopback, an OpenSSL
// server on memory that the test pumps, and a ClientHello taken apart. Every wait has a bound and ends the
// test with a failure.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "probes/transport/tls_session.hpp"

namespace rdpwatch::transport::test {

/// A connected, non-blocking TCP connection; `client` is what the session gets.
class LoopbackPair {
 public:
  LoopbackPair();
  ~LoopbackPair();
  LoopbackPair(const LoopbackPair&) = delete;
  LoopbackPair& operator=(const LoopbackPair&) = delete;

  int client() const { return client_; }
  int server() const { return server_; }
  void send(const std::string& bytes) const;
  std::string receive_available() const;  ///< what lies in the server's buffer, maybe nothing
  std::string receive_record() const;     ///< waits for one whole TLS record
  void close_server();                    ///< FIN
  void reset_server();                    ///< RST

 private:
  int client_ = -1;
  int server_ = -1;
};

struct ServerSpec {
  int min_version = TLS1_VERSION;
  int max_version = TLS1_3_VERSION;
  std::string ciphers = "ALL:@SECLEVEL=0";
  X509* certificate = nullptr;  ///< null: none
  std::string key = "RSA 2048";
  std::vector<X509*> chain;  ///< sent behind the certificate
  std::string groups;        ///< empty: OpenSSL's default
  std::string signatures;    ///< signature algorithms; empty: OpenSSL's default
  bool request_client_certificate = false;
  bool require_client_certificate = false;
  bool hello_time = false;  ///< ServerHello.random begins with the time, as Windows writes it before TLS 1.3
};

class MemoryTlsServer {
 public:
  explicit MemoryTlsServer(const ServerSpec& spec);

  void feed(const std::string& bytes);
  std::string take_output();
  void step();  ///< goes on with the handshake as far as the bytes fed allow
  bool established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  std::string read();
  void write(const std::string& data);
  void send_close_notify() { SSL_shutdown(ssl_.get()); }
  bool got_close_notify() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  SslCtxPtr context_;
  SslPtr ssl_;
};

/// Calls `step` until it is done or failed. In between `serve` (may be null) runs, and the sockets are waited
/// for.
Progress drive(const LoopbackPair& pair, const std::function<Progress()>& step,
               const std::function<void()>& serve);

/// One exchange of bytes between the pair's server end and the TLS server.
void serve(const LoopbackPair& pair, MemoryTlsServer& server);

Progress handshake(TlsSession& session, const LoopbackPair& pair, MemoryTlsServer& server);

struct ClientHello {
  std::vector<std::uint16_t> ciphers;
  std::map<std::uint16_t, std::string> extensions;  ///< type to content
};
/// Of the record that holds it.
ClientHello parse_client_hello(const std::string& record);

/// The ClientHello that a new session of this profile sends.
ClientHello client_hello_of(const TlsContexts& contexts, handshake::TlsProfile profile,
                            const std::string& sni);

/// Numbers of 16 bits each, behind a length of 16 bits.
std::vector<std::uint16_t> numbers(const std::string& content);

/// A stream cut into its TLS records.
struct Record {
  std::uint8_t content_type;
  std::string bytes;  ///< with its header
};
std::vector<Record> split_records(const std::string& bytes);

}  // namespace rdpwatch::transport::test
