#pragma once
// DnsCache: positive answers for as long as their TTL allows, and no more of them than there is room for.

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "probes/handshake/probe_plan.hpp"

namespace rdpwatch::transport {

/// What is known of a name.
struct KnownAddresses {
  std::vector<boost::asio::ip::address> addresses{};  ///< empty: nothing is known
  bool complete = true;                               ///< as in handshake::Resolved

  bool operator==(const KnownAddresses&) const = default;
};

class DnsCache {
 public:
  /// No answer is kept for longer than this, whatever its TTL says.
  static constexpr std::chrono::seconds kMaxAge = std::chrono::hours(1);

  explicit DnsCache(std::size_t max_entries) : max_entries_(max_entries) {}

  /// Without addresses when nothing valid is known.
  KnownAddresses find(const std::string& name, handshake::TimePoint now) const;

  /// Replaces what was known. A TTL of 0 is not kept. When it is full, the entry that ends soonest goes.
  void put(const std::string& name, KnownAddresses known, std::chrono::seconds ttl, handshake::TimePoint now);

  void clear();
  std::size_t size() const { return entries_.size(); }

 private:
  using Ends = std::multimap<handshake::TimePoint, std::string>;
  struct Entry {
    KnownAddresses known;
    Ends::iterator end;
  };
  void drop_first();
  void drop(const std::string& name);

  std::size_t max_entries_;
  std::unordered_map<std::string, Entry> entries_;
  Ends ends_;
};

}  // namespace rdpwatch::transport
