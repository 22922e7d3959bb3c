#pragma once
// Resolver: names to addresses by c-ares on an Asio event loop. A and AAAA are asked separately; an answer in hand
// waits 50 ms for the other. Answers are cached by their TTL (bounded count and time). /etc/hosts is honoured.
// A changed resolv.conf re-initialises c-ares. One instance an io_context; not thread-safe.

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
};

class Resolver {
 public:
  Resolver(boost::asio::any_io_executor executor, ResolverOptions options);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  using Outcome = std::variant<handshake::Resolved, handshake::ResolveFailed, handshake::DeadlineReached>;
  /// Addresses in RFC 6724 order. Gives DeadlineReached when nothing came by `deadline`. Throws operation_aborted
  /// (boost::system::system_error) when cancelled.
  boost::asio::awaitable<Outcome> resolve(std::string name, handshake::TimePoint deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rdpwatch::transport
