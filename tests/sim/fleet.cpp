#include "tests/sim/fleet.hpp"

#include <map>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace rdpwatch::sim {

namespace {

using ContextKey = std::tuple<TlsVersion, TlsVersion, std::string, std::string, int>;
using Contexts = std::map<ContextKey, SslContextPtr>;

SslContextPtr context_for(const TlsSpec& spec, Contexts& contexts) {
  SslContextPtr& context =
      contexts[{spec.min_version, spec.max_version, spec.ciphers, spec.groups, spec.tickets}];
  if (!context) context = make_tls_context(spec);
  return context;
}

PreparedHostPtr prepare(const HostScenario& scenario, const Scenarios& scenarios, CertificateStore& store,
                        Contexts& contexts) {
  auto host = std::make_shared<PreparedHost>();
  host->scenario = scenario;
  for (const SequenceItem& item : host->scenario.sequence) {
    const TlsSpec& tls = item.behaviour.tls;
    PreparedBehaviour behaviour{&item.behaviour, context_for(tls, contexts), nullptr};
    if (!tls.anonymous && !is_templated(tls.certificate)) {
      behaviour.credentials = store.get(tls.certificate, scenarios.authorities, "");
      // Whether OpenSSL takes them together is found out now, not at the first connection.
      const TlsSession trial(behaviour.context.get(), behaviour.credentials.get());
    }
    host->behaviours.push_back(std::move(behaviour));
  }
  return host;
}

}  // namespace

Fleet::Fleet(Scenarios scenarios, std::shared_ptr<CertificateStore> store)
    : scenarios_(std::move(scenarios)), store_(std::move(store)) {
  for (const auto& [name, authority] : scenarios_.authorities) store_->authority(name, authority);
  Contexts contexts;
  std::vector<AddressRange> ranges;
  for (const auto& [range, scenario] : scenarios_.hosts) {
    try {
      hosts_.push_back(prepare(scenario, scenarios_, *store_, contexts));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("host " + range.first().to_string() + ": " + error.what());
    }
    ranges.push_back(range);
  }
  table_ = RangeTable(ranges);
}

PreparedHostPtr Fleet::find(const boost::asio::ip::address& address) const {
  const std::optional<std::size_t> index = table_.find(address);
  return index ? hosts_[*index] : nullptr;
}

std::shared_ptr<const Credentials> Fleet::credentials(const PreparedBehaviour& behaviour,
                                                      const boost::asio::ip::address& address) const {
  if (behaviour.credentials || behaviour.spec->tls.anonymous) return behaviour.credentials;
  return store_->get(behaviour.spec->tls.certificate, scenarios_.authorities, address.to_string());
}

}  // namespace rdpwatch::sim
