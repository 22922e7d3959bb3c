#pragma once
// TlsSocket: a non-blocking socket under OpenSSL that remembers how it ended, and that stops before OpenSSL
// sees an answer which is not TLS. Writes use MSG_NOSIGNAL, so SIGPIPE need not be ignored for it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "probes/transport/openssl_ptr.hpp"

namespace rdpwatch::transport {

/// Whether these first bytes of a stream may be a TLS record: content type 20..23, major version 3. True as
/// long as nothing contradicts it, so also for no bytes at all.
bool looks_like_tls(std::span<const std::uint8_t> first_bytes);

class TlsSocket {
 public:
  /// Does not own `fd`.
  explicit TlsSocket(int fd) : fd_(fd) {}
  TlsSocket(const TlsSocket&) = delete;
  TlsSocket& operator=(const TlsSocket&) = delete;

  /// A BIO that reads and writes here; this object must outlive it.
  BioPtr make_bio();

  /// OpenSSL reads for as long as it is given messages to skip (HelloRequest), and a fast host never lets it
  /// run dry: so there is a burst of bytes, after which the socket says "later" until it gets a new one.
  void renew_burst() { burst_left_ = kReadBurst; }

  bool peer_closed() const { return peer_closed_; }
  /// errno of the first operation that failed; 0 when none did. What comes after a failed write tells less.
  int error() const { return error_; }
  bool not_tls() const { return not_tls_; }
  /// What the stream began with, for people: hex and printable text of at most 32 bytes.
  std::string first_bytes_text() const;

 private:
  /// Some hundred microseconds' work; the longest usual handshake is a tenth of it.
  static constexpr std::size_t kReadBurst = std::size_t{64} * 1024;

  enum class Refill : std::uint8_t { bytes, nothing_yet, closed, failed };

  /// What the socket has, read at once: OpenSSL asks for each record's header and body by themselves.
  Refill refill();
  static int read(BIO* bio, char* buffer, int size);
  static int write(BIO* bio, const char* bytes, int size);
  static long control(BIO* bio, int command, long number, void* pointer);
  static BIO_METHOD* method();
  /// False when the stream turns out not to be TLS.
  bool check_first_bytes(std::span<const std::uint8_t> received);
  int failed(int error);

  int fd_;
  int error_ = 0;
  std::size_t burst_left_ = kReadBurst;
  bool peer_closed_ = false;
  bool not_tls_ = false;
  std::array<std::uint8_t, 4096> input_;
  std::span<const std::uint8_t> unread_;  ///< the rest of what input_ holds
  std::array<std::uint8_t, 32> first_bytes_{};
  std::size_t first_count_ = 0;
};

}  // namespace rdpwatch::transport
