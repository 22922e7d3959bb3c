// The floor that a probe is measured against: OpenSSL's own client in a blocking loop, a fresh connection and
// handshake each time at a given rate, and nothing learnt from it. With --x224 the Connection Request and
// Confirm go before TLS.
//
// usage: bench_bare_tls PORT RATE SECONDS FIRST_ADDRESS COUNT [--x224]
// Prints {"handshakes":..,"cpu_seconds":..}; the first 50 handshakes are made before it counts.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <thread>

namespace {

// MS-RDPBCGR 2.2.1.1 with RDP_NEG_REQ for TLS and NLA, and the length of its answer with RDP_NEG_RSP.
constexpr std::array<unsigned char, 19> kConnectionRequest{0x03, 0x00, 0x00, 0x13, 0x0e, 0xe0, 0x00,
                                                           0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x08,
                                                           0x00, 0x0b, 0x00, 0x00, 0x00};
constexpr std::size_t kConnectionConfirmSize = 19;
constexpr int kWarmUp = 50;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void negotiate(int fd) {
  if (::send(fd, kConnectionRequest.data(), kConnectionRequest.size(), 0) < 0) fail("send");
  std::array<unsigned char, kConnectionConfirmSize> answer{};
  if (::recv(fd, answer.data(), answer.size(), MSG_WAITALL) != static_cast<ssize_t>(answer.size()))
    fail("recv");
}

void handshake(SSL_CTX* context, std::uint32_t address, std::uint16_t port, bool x224) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(address);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) fail("connect");
  if (x224) negotiate(fd);
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  if (SSL_connect(ssl) != 1) fail("SSL_connect");
  SSL_shutdown(ssl);
  SSL_free(ssl);
  ::close(fd);
}

}  // namespace

int main(int count, char** values) {
  if (count < 6) {
    std::fprintf(stderr, "usage: bench_bare_tls PORT RATE SECONDS FIRST_ADDRESS COUNT [--x224]\n");
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(values[1]));
  const int rate = std::atoi(values[2]);
  const int total = rate * std::atoi(values[3]);
  const std::uint32_t first = ntohl(inet_addr(values[4]));
  const int hosts = std::atoi(values[5]);
  const bool x224 = count > 6 && std::string_view(values[6]) == "--x224";
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  for (int i = 0; i < kWarmUp; ++i)
    handshake(context, first + static_cast<std::uint32_t>(i % hosts), port, x224);
  const double before = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < total; ++i) {
    std::this_thread::sleep_until(began + i * std::chrono::nanoseconds(1'000'000'000 / rate));
    handshake(context, first + static_cast<std::uint32_t>(i % hosts), port, x224);
  }
  std::printf("{\"handshakes\": %d, \"cpu_seconds\": %.6f}\n", total, cpu_seconds() - before);
  SSL_CTX_free(context);
  return 0;
}
