#pragma once
// Resolver: names to addresses by c-ares on an Asio event loop. A and AAAA are asked separately; an answer in
// hand waits 50 ms for the other. Answers are cached by their TTL (bounded count and time). /etc/hosts is
// honoured. A changed resolv.conf re-initialises c-ares. One instance an io_context; not thread-safe.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "probes/handshake/step.hpp"

namespace rdpwatch::transport {

struct ResolverOptions {
  std::vector<std::string> nameservers;  ///< "ip" or "ip:port" ("[v6]:port"); empty: the system's
  std::size_t max_cache_entries = 200000;
  /// Different names looked up at once; one more ends in local_resources.
  std::size_t max_lookups = 4096;

  // The system's files, re-read when they change; looked at no more often than the durations say.
  std::string resolv_conf = "/etc/resolv.conf";  ///< search and ndots count also when `nameservers` is given
  handshake::Duration check_resolv_conf_every = std::chrono::seconds(5);
  std::string hosts_file = "/etc/hosts";
  handshake::Duration check_hosts_file_every = std::chrono::seconds(1);
};

class Resolver {
 public:
  /// Throws std::invalid_argument for a nameserver that is none (the text says what is allowed),
  /// std::runtime_error when c-ares can't be set up.
  Resolver(boost::asio::any_io_executor executor, ResolverOptions options);
  /// Lookups that still run end with operation_aborted, on the event loop. The io_context must outlive this
  /// object.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  using Outcome = std::variant<handshake::Resolved, handshake::ResolveFailed, handshake::DeadlineReached>;
  /// Addresses in RFC 6724 order, without duplicates, at most 32. Gives DeadlineReached when nothing came by
  /// `deadline`; when some servers failed by then, ResolveFailed says how. Resolved is incomplete when only
  /// one of A and AAAA was answered for certain (with addresses, NODATA or NXDOMAIN). Throws
  /// operation_aborted (boost::system::system_error) when cancelled. Runs on the io_context of the
  /// constructor's executor.
  ///
  /// An address literal is its own answer, "localhost" and names below it are ::1 and 127.0.0.1, then
  /// /etc/hosts counts, then DNS. Names are searched for as host_name.hpp's names_to_ask() says.
  boost::asio::awaitable<Outcome> resolve(std::string name, handshake::TimePoint deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rdpwatch::transport
