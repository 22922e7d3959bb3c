#include "tests/sim/host_book.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace rdpwatch::sim {

namespace {

/// Whether the client still holds its end open. Asked of the kernel, because its FIN may wait unread in our
/// queue behind the accept of its next connection.
bool client_holds_open(int descriptor) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  return info.tcpi_state == TCP_ESTABLISHED || info.tcpi_state == TCP_SYN_RECV ||
         info.tcpi_state == TCP_FIN_WAIT1 || info.tcpi_state == TCP_FIN_WAIT2;
}

std::uint64_t& counter(HostStats& stats, End end) {
  switch (end) {
    case End::close_notify:
      return stats.closed_by_close_notify;
    case End::fin:
      return stats.closed_by_fin;
    case End::client_reset:
      return stats.reset_by_client;
    case End::host_reset:
      return stats.reset_by_host;
    case End::timeout:
    case End::stopped:
      return stats.timed_out;
  }
  return stats.timed_out;
}

}  // namespace

std::size_t sequence_index(const HostScenario& scenario, std::uint64_t used) {
  std::uint64_t total = 0;
  for (const SequenceItem& item : scenario.sequence) total += item.times;
  if (scenario.repeat) used %= total;
  for (std::size_t i = 0; i < scenario.sequence.size(); ++i) {
    if (used < scenario.sequence[i].times) return i;
    used -= scenario.sequence[i].times;
  }
  return scenario.sequence.size() - 1;
}

std::optional<std::size_t> HostBook::open(const boost::asio::ip::address& address,
                                          const PreparedHostPtr& host, int descriptor) {
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[address];
  HostStats& stats = entry.stats;
  if (++stats.connections > 1) {
    const auto spacing = std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.last_accept);
    stats.min_spacing = std::min(stats.min_spacing.value_or(spacing), spacing);
  }
  entry.last_accept = now;
  const auto still_open = static_cast<std::uint64_t>(
      std::count_if(entry.descriptors.begin(), entry.descriptors.end(), client_holds_open));
  entry.descriptors.push_back(descriptor);
  stats.open = entry.descriptors.size();
  stats.max_open = std::max(stats.max_open, still_open + 1);

  if (entry.host != host) {
    // A host that a reload left as it was goes on with its sequence; a changed one starts anew.
    if (!entry.host || entry.host->scenario != host->scenario) entry.used = 0;
    entry.host = host;
  }
  const std::uint32_t limit = host->scenario.connection_limit;
  if (limit != 0 && still_open >= limit) {
    ++stats.refused;
    return std::nullopt;
  }
  return sequence_index(host->scenario, entry.used++);
}

void HostBook::close(const boost::asio::ip::address& address, int descriptor, End end) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[address];
  std::erase(entry.descriptors, descriptor);
  entry.stats.open = entry.descriptors.size();
  ++counter(entry.stats, end);
}

void HostBook::note(const boost::asio::ip::address& address, const std::function<void(HostStats&)>& change) {
  const std::lock_guard lock(mutex_);
  change(entries_[address].stats);
}

void HostBook::count_unserved() {
  const std::lock_guard lock(mutex_);
  ++unserved_;
}

std::optional<HostStats> HostBook::stats(const boost::asio::ip::address& address) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(address);
  if (found == entries_.end()) return std::nullopt;
  return found->second.stats;
}

std::map<boost::asio::ip::address, HostStats> HostBook::all() const {
  const std::lock_guard lock(mutex_);
  std::map<boost::asio::ip::address, HostStats> result;
  for (const auto& [address, entry] : entries_) result[address] = entry.stats;
  return result;
}

std::uint64_t HostBook::unserved() const {
  const std::lock_guard lock(mutex_);
  return unserved_;
}

}  // namespace rdpwatch::sim
