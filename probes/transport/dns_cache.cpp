#include "probes/transport/dns_cache.hpp"

#include <algorithm>
#include <utility>

namespace rdpwatch::transport {

KnownAddresses DnsCache::find(const std::string& name, handshake::TimePoint now) const {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.end->first <= now) return {};
  return found->second.known;
}

void DnsCache::put(const std::string& name, KnownAddresses known, std::chrono::seconds ttl,
                   handshake::TimePoint now) {
  drop(name);
  while (!ends_.empty() && ends_.begin()->first <= now) drop_first();
  if (ttl <= std::chrono::seconds::zero() || max_entries_ == 0) return;
  if (entries_.size() >= max_entries_) drop_first();
  const auto end = ends_.emplace(now + std::min(ttl, kMaxAge), name);
  entries_.emplace(name, Entry{std::move(known), end});
}

void DnsCache::clear() {
  entries_.clear();
  ends_.clear();
}

void DnsCache::drop_first() {
  entries_.erase(ends_.begin()->second);
  ends_.erase(ends_.begin());
}

void DnsCache::drop(const std::string& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  ends_.erase(found->second.end);
  entries_.erase(found);
}

}  // namespace rdpwatch::transport
