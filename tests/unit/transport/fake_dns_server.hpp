#pragma once
// A DNS server on 127.0.0.1 that answers by a script, over UDP and TCP, on the test's own event loop.

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "probes/transport/dns_reply.hpp"

namespace rdpwatch::test {

using transport::RecordType;

/// One record of an answer. `value` is an address, or the target's name for an alias (CNAME).
struct DnsRecord {
  std::string owner;
  std::string value;
  std::uint32_t ttl = 300;
};

struct DnsScript {
  std::uint8_t rcode = 0;
  std::vector<DnsRecord> records{};
  std::chrono::milliseconds delay{0};
  bool silent = false;
  bool truncated_over_udp = false;                 ///< TC and no records, then all of it over TCP
  std::optional<std::uint16_t> claimed_answers{};  ///< ANCOUNT that contradicts the records
  std::vector<std::uint8_t> instead{};             ///< these bytes and nothing else
};

class FakeDnsServer {
 public:
  explicit FakeDnsServer(boost::asio::io_context& io, bool with_tcp = true);

  /// "127.0.0.1:port".
  std::string address() const;
  /// Replaces the script of a question. A name without script does not exist (NXDOMAIN).
  void answer(const std::string& name, RecordType type, DnsScript script);
  /// The same for A and AAAA.
  void answer_both(const std::string& name, const DnsScript& script);
  /// A has these addresses; AAAA none.
  void has_v4(const std::string& name, std::vector<std::string> addresses, std::uint32_t ttl = 300);

  std::size_t asked(const std::string& name, RecordType type) const;
  std::size_t asked_in_all() const;
  /// The UDP ports that questions came from.
  const std::set<std::uint16_t>& client_ports() const { return client_ports_; }
  std::size_t asked_over_tcp() const { return over_tcp_; }

 private:
  using Question = std::pair<std::string, RecordType>;
  using Bytes = std::vector<std::uint8_t>;
  struct Stream;

  void receive();
  void accept();
  void read_stream(const std::shared_ptr<Stream>& stream);
  DnsScript script_for(const Question& question) const;
  static std::optional<Question> read_question(const Bytes& query);
  static Bytes make_answer(const Bytes& query, const DnsScript& script, bool over_udp);

  boost::asio::io_context& io_;
  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::udp::endpoint client_;
  std::array<std::uint8_t, 1500> buffer_{};
  std::map<Question, DnsScript> scripts_;
  std::map<Question, std::size_t> asked_;
  std::size_t over_tcp_ = 0;
  std::set<std::uint16_t> client_ports_;
};

}  // namespace rdpwatch::test
