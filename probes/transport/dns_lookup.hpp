#pragma once
// DnsLookup: all that one lookup asks, of all DNS servers, until there is an answer.

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "probes/handshake/step.hpp"
#include "probes/transport/cares_channel.hpp"

namespace rdpwatch::transport {

using DnsServers = std::vector<std::shared_ptr<CaresChannel>>;

struct DnsLookupResult {
  std::vector<boost::asio::ip::address> addresses{};  ///< IPv6 first, unsorted; empty: see `failure`
  std::chrono::seconds ttl{0};  ///< 0 also when one of the two answers did not come in time
  /// Both questions were answered for certain (with addresses, NODATA or NXDOMAIN), and every name before the
  /// one that has the addresses was found not to have any.
  bool complete = false;
  handshake::ResolveFailed failure{handshake::FailureReason::internal_error, {}};
};

/// A and AAAA of each name in turn, both at once. A server that fails is left for the next at once, one that
/// stays silent is given company by the next after 1 s, and its answer still counts. When both questions have
/// an answer the name is decided; when only one has, and it has addresses or says NXDOMAIN, the other gets 50
/// ms more. A name that does not exist leads to the next name. Silence has no end here: whoever waits decides
/// how long.
///
/// Held by shared_ptr only. Not thread-safe: everything happens on the executor's one thread.
class DnsLookup : public std::enable_shared_from_this<DnsLookup> {
 public:
  using Done = std::function<void(DnsLookupResult)>;

  /// `shown_name` is what texts call the host. `servers` and `names` are not empty.
  DnsLookup(boost::asio::any_io_executor executor, DnsServers servers, std::string shown_name,
            std::vector<std::string> names);

  /// `done` is called once, never from within this call; not at all after stop().
  void start(Done done);

  /// Ends it without a result; answers that come later are dropped.
  void stop();

  /// What can be said when there is no more time: the addresses in hand, or how servers failed; nothing when
  /// all there was is silence.
  std::optional<DnsLookupResult> so_far() const;

 private:
  struct Question {
    RecordType type;
    std::size_t servers_asked = 0;
    std::size_t waiting = 0;                ///< servers that were asked and have not failed
    std::vector<std::string> complaints{};  ///< one for each server that failed
    bool local_fault = true;                ///< all the complaints are about our own machine
    std::optional<DnsReply> answer{};       ///< Kind::server_failed when every server failed
  };

  void ask_name();
  void ask_next_server(Question& question);
  void ask(Question& question, std::size_t server);
  void on_reply(std::size_t name_index, RecordType type, std::size_t server, DnsReply reply);
  void start_company_timer();
  void start_grace();
  void judge();
  void decide();
  void next_name();
  void finish(DnsLookupResult result);
  DnsLookupResult addresses_in_hand() const;
  std::optional<handshake::ResolveFailed> servers_failure() const;
  handshake::ResolveFailed not_found() const;
  Question& question(RecordType type) { return questions_[static_cast<std::size_t>(type)]; }

  boost::asio::any_io_executor executor_;
  DnsServers servers_;
  std::string shown_name_;
  std::vector<std::string> names_;
  Done done_;
  std::size_t name_index_ = 0;
  std::array<Question, 2> questions_;
  bool any_no_data_ = false;
  std::optional<handshake::ResolveFailed> earlier_failure_;  ///< of a name before the current one
  boost::asio::steady_timer company_timer_;
  boost::asio::steady_timer grace_timer_;
  bool in_grace_ = false;
};

}  // namespace rdpwatch::transport
