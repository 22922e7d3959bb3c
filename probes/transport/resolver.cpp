#include "probes/transport/resolver.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "probes/transport/address_order.hpp"
#include "probes/transport/dns_cache.hpp"
#include "probes/transport/dns_lookup.hpp"
#include "probes/transport/host_name.hpp"
#include "probes/transport/hosts_file.hpp"
#include "probes/transport/resolv_conf.hpp"

namespace rdpwatch::transport {

namespace asio = boost::asio;
using asio::ip::address;
using handshake::Clock;
using handshake::DeadlineReached;
using handshake::FailureReason;
using handshake::Resolved;
using handshake::ResolveFailed;
using handshake::TimePoint;
using Outcome = Resolver::Outcome;

namespace {

/// So many look-ups, of two questions and more each, go out from the same UDP ports at least; see
/// renew_channels().
constexpr std::size_t kLookupsAPort = 32;

std::vector<asio::ip::udp::endpoint> parse_nameservers(const std::vector<std::string>& texts) {
  std::vector<asio::ip::udp::endpoint> servers;
  for (const std::string& text : texts) {
    const auto server = parse_nameserver(text);
    if (!server)
      throw std::invalid_argument("not a nameserver: \"" + text +
                                  "\"; allowed are ip, ip:port and [v6]:port");
    servers.push_back(*server);
  }
  return servers;
}

std::string own_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

bool is_localhost(std::string_view bare_name) {
  return bare_name == "localhost" || bare_name.ends_with(".localhost");
}

/// `source` is what says so: "/etc/hosts" or "the DNS server".
Outcome outcome_of(const std::string& name, const KnownAddresses& known, std::string_view source) {
  Resolved resolved;
  resolved.complete = known.complete;
  for (const address& one : in_destination_order(known.addresses)) {
    if (is_host_address(one)) resolved.addresses.push_back(one.to_string());
  }
  if (!resolved.addresses.empty()) return resolved;
  return ResolveFailed{FailureReason::name_not_found, "NODATA: " + std::string(source) + " gives " +
                                                          known.addresses.front().to_string() + " for " +
                                                          name + ", which is no host's address"};
}

[[noreturn]] void throw_aborted() {
  throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace

class Resolver::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::any_io_executor executor, ResolverOptions options);

  static asio::awaitable<Outcome> resolve(std::shared_ptr<Impl> self, std::string name, TimePoint deadline);
  void shut_down();

 private:
  /// One running lookup and everybody who waits for it.
  struct Flight {
    std::string key;
    std::shared_ptr<DnsLookup> lookup;
    std::optional<DnsLookupResult> result;
    bool aborted = false;
    std::list<asio::steady_timer*> waiters;
  };
  class Wait;

  std::optional<Outcome> without_asking(const std::string& name, const std::string& key);
  std::shared_ptr<Flight> flight_for(const std::string& name, const std::string& key);
  static asio::awaitable<Outcome> from_dns(std::shared_ptr<Impl> self, std::string name, std::string key,
                                           TimePoint deadline);
  void landed(const std::shared_ptr<Flight>& flight, DnsLookupResult result);
  void abandon(Flight& flight);
  void forget(const Flight& flight);
  void read_resolv_conf();
  DnsServers open_channels(const ResolvConf& conf) const;
  void renew_channels();
  void refresh();

  asio::any_io_executor executor_;
  ResolverOptions options_;
  std::vector<asio::ip::udp::endpoint> given_servers_;
  FileWatch resolv_conf_file_;
  ResolvConf conf_;
  DnsServers servers_;
  std::size_t lookups_by_servers_ = 0;
  std::weak_ptr<CaresChannel> earlier_server_;  ///< lives while a lookup uses the channels before `servers_`
  HostsFile hosts_;
  DnsCache cache_;
  /// By key, those that a new call may join.
  std::unordered_map<std::string, std::shared_ptr<Flight>> joinable_;
  /// All that run, also those that began before resolv.conf changed.
  std::unordered_map<const Flight*, std::shared_ptr<Flight>> running_;
  bool shut_down_ = false;
};

/// A place in a flight's list of waiters, for as long as it lives; the last to leave stops the lookup.
class Resolver::Impl::Wait {
 public:
  Wait(std::shared_ptr<Impl> impl, std::shared_ptr<Flight> flight, asio::steady_timer& timer)
      : impl_(std::move(impl)),
        flight_(std::move(flight)),
        place_(flight_->waiters.insert(flight_->waiters.end(), &timer)) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait() {
    flight_->waiters.erase(place_);
    if (flight_->waiters.empty() && !flight_->result && !flight_->aborted) impl_->abandon(*flight_);
  }

 private:
  std::shared_ptr<Impl> impl_;
  std::shared_ptr<Flight> flight_;
  std::list<asio::steady_timer*>::iterator place_;
};

Resolver::Impl::Impl(asio::any_io_executor executor, ResolverOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      given_servers_(parse_nameservers(options_.nameservers)),
      resolv_conf_file_(options_.resolv_conf, options_.check_resolv_conf_every),
      hosts_(options_.hosts_file, options_.check_hosts_file_every),
      cache_(options_.max_cache_entries) {
  read_resolv_conf();
}

void Resolver::Impl::read_resolv_conf() {
  const auto text = resolv_conf_file_.changed_text(Clock::now());
  if (!text) return;
  ResolvConf conf = parse_resolv_conf(*text, own_host_name());
  DnsServers servers = open_channels(conf);
  // Lookups that are under way keep the channels they use; nobody joins them any more.
  conf_ = std::move(conf);
  servers_ = std::move(servers);
  lookups_by_servers_ = 0;
  joinable_.clear();
  cache_.clear();
}

DnsServers Resolver::Impl::open_channels(const ResolvConf& conf) const {
  DnsServers servers;
  for (const auto& server : given_servers_.empty() ? conf.servers : given_servers_)
    servers.push_back(std::make_shared<CaresChannel>(executor_, server));
  return servers;
}

// A channel has one UDP port for as long as it has questions open, with us possibly for ever; whoever learns
// the port then has only a question's 16-bit number to guess. c-ares 1.18 has no bound of its own. The
// channels before live until their last lookup ends; only two sets at once, or silent servers would cost a
// descriptor for every few lookups.
void Resolver::Impl::renew_channels() {
  if (++lookups_by_servers_ <= kLookupsAPort || !earlier_server_.expired()) return;
  try {
    DnsServers servers = open_channels(conf_);
    earlier_server_ = servers_.front();
    servers_ = std::move(servers);
    lookups_by_servers_ = 1;
  } catch (const std::runtime_error&) {
    // No memory for new channels: the old ones go on, and the next lookup tries again.
  }
}

void Resolver::Impl::refresh() {
  try {
    read_resolv_conf();
  } catch (const std::runtime_error&) {
    // No memory or descriptors for new channels: the old ones go on, and the next call tries again.
    resolv_conf_file_ = FileWatch(options_.resolv_conf, options_.check_resolv_conf_every);
  }
}

asio::awaitable<Outcome> Resolver::Impl::resolve(std::shared_ptr<Impl> self, std::string name,
                                                 TimePoint deadline) {
  if (self->shut_down_) throw_aborted();
  self->refresh();
  const std::string key = lower_case(name);
  std::optional<Outcome> known = self->without_asking(name, key);
  if (known) co_return std::move(*known);
  Outcome outcome = co_await from_dns(std::move(self), std::move(name), key, deadline);
  co_return outcome;
}

std::optional<Outcome> Resolver::Impl::without_asking(const std::string& name, const std::string& key) {
  boost::system::error_code not_a_literal;
  const address literal = asio::ip::make_address(name, not_a_literal);
  if (!not_a_literal) return Resolved{{literal.to_string()}};
  if (auto fault = host_name_fault(name))
    return ResolveFailed{FailureReason::name_not_found, std::move(*fault)};
  std::string bare = key;
  if (bare.ends_with('.')) bare.pop_back();
  if (is_localhost(bare))
    return outcome_of(name, {{asio::ip::address_v6::loopback(), asio::ip::address_v4::loopback()}},
                      "rdpwatch");
  const TimePoint now = Clock::now();
  const auto from_file = hosts_.find(bare, now);
  if (!from_file.empty()) return outcome_of(name, {from_file}, options_.hosts_file);
  const auto cached = cache_.find(key, now);
  if (!cached.addresses.empty()) return outcome_of(name, cached, "the DNS server");
  return std::nullopt;
}

std::shared_ptr<Resolver::Impl::Flight> Resolver::Impl::flight_for(const std::string& name,
                                                                   const std::string& key) {
  const auto found = joinable_.find(key);
  if (found != joinable_.end()) return found->second;
  if (running_.size() >= options_.max_lookups) return nullptr;
  renew_channels();
  auto flight = std::make_shared<Flight>();
  flight->key = key;
  flight->lookup =
      std::make_shared<DnsLookup>(executor_, servers_, name, names_to_ask(name, conf_.search, conf_.ndots));
  joinable_.emplace(key, flight);
  running_.emplace(flight.get(), flight);
  flight->lookup->start([weak_self = weak_from_this(), weak = std::weak_ptr(flight)](DnsLookupResult result) {
    const auto self = weak_self.lock();
    const auto arrived = weak.lock();
    if (self && arrived) self->landed(arrived, std::move(result));
  });
  return flight;
}

asio::awaitable<Outcome> Resolver::Impl::from_dns(std::shared_ptr<Impl> self, std::string name,
                                                  std::string key, TimePoint deadline) {
  const std::shared_ptr<Flight> flight = self->flight_for(name, key);
  if (!flight)
    co_return ResolveFailed{FailureReason::local_resources,
                            std::to_string(self->running_.size()) + " lookups of other names are under way"};
  asio::steady_timer timer(self->executor_, deadline);
  const Wait wait(self, flight, timer);
  boost::system::error_code ignored;  // the flight's state tells why the wait ended
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  if (flight->aborted || cancellation.cancelled() != asio::cancellation_type::none) throw_aborted();
  std::optional<DnsLookupResult> result = flight->result;
  if (!result) result = flight->lookup->so_far();
  if (!result) co_return DeadlineReached{};
  const KnownAddresses known{result->addresses, result->complete};
  if (!known.addresses.empty()) co_return outcome_of(name, known, "the DNS server");
  co_return std::move(result->failure);
}

void Resolver::Impl::landed(const std::shared_ptr<Flight>& flight, DnsLookupResult result) {
  // What servers said that resolv.conf does not name any more is for those who still wait for it, not for the
  // cache.
  const auto found = joinable_.find(flight->key);
  if (found != joinable_.end() && found->second == flight && !result.addresses.empty())
    cache_.put(flight->key, {result.addresses, result.complete}, result.ttl, Clock::now());
  forget(*flight);
  flight->result = std::move(result);
  for (asio::steady_timer* const waiter : flight->waiters) waiter->cancel();
}

void Resolver::Impl::abandon(Flight& flight) {
  flight.aborted = true;
  flight.lookup->stop();
  forget(flight);
}

void Resolver::Impl::forget(const Flight& flight) {
  const auto found = joinable_.find(flight.key);
  if (found != joinable_.end() && found->second.get() == &flight) joinable_.erase(found);
  running_.erase(&flight);
}

void Resolver::Impl::shut_down() {
  shut_down_ = true;
  const auto flights = std::exchange(running_, {});
  joinable_.clear();
  for (const auto& [pointer, flight] : flights) {
    flight->aborted = true;
    flight->lookup->stop();
    for (asio::steady_timer* const waiter : flight->waiters) waiter->cancel();
  }
  servers_.clear();
}

Resolver::Resolver(asio::any_io_executor executor, ResolverOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options))) {}

Resolver::~Resolver() {
  impl_->shut_down();
}

asio::awaitable<Outcome> Resolver::resolve(std::string name, TimePoint deadline) {
  return Impl::resolve(impl_, std::move(name), deadline);
}

}  // namespace rdpwatch::transport
