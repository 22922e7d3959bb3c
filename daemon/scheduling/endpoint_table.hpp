#pragma once
// EndpointTable: the endpoints of one worker, by name and by due time. Not thread-safe.

#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/fleet/target_state.hpp"
#include "daemon/inventory/inventory.hpp"
#include "daemon/scheduling/schedule_policy.hpp"
#include "probes/diagnosis/diagnostician.hpp"

namespace rdpwatch::scheduling {

/// Whether a target becomes one endpoint an address. An address has no records to expand.
bool expands(const inventory::Target& target);

/// What decides an endpoint's phase: the same in every process.
std::uint64_t endpoint_hash(const fleet::EndpointKey& key);

/// One endpoint: what is probed on a schedule of its own.
struct Endpoint {
  fleet::EndpointKey key;
  inventory::TargetPtr target;
  std::uint64_t hash = 0;  ///< decides its phase

  RunHistory history;
  TlsProfileMemory tls;
  TimePoint due;
  bool running = false;  ///< has a run that may be cancelled
  bool removed = false;  ///< no longer in the table; a run that goes on is nobody's
  boost::asio::cancellation_signal cancel;
  TimePoint audit_due = TimePoint::max();
  bool auditing = false;  ///< has an audit that may be cancelled
  boost::asio::cancellation_signal audit_cancel;
  /// Of the failing episode; null while the endpoint is up.
  std::shared_ptr<const diagnosis::Diagnosis> diagnosis;
  handshake::Rare<handshake::Failure> experimented_on;  ///< the last one that experiments were made for
  std::optional<TimePoint> experimented_at;           ///< and when they began
  bool diagnosing = false;                            ///< has experiments that may be cancelled
  boost::asio::cancellation_signal diagnosis_cancel;

  /// The endpoint that stands for an expanded target until its addresses are known.
  bool is_seed() const { return expands(*target) && key.address.empty(); }
};
using EndpointPtr = std::shared_ptr<Endpoint>;

class EndpointTable {
 public:
  /// The key must be new.
  EndpointPtr add(inventory::TargetPtr target, std::string address, TimePoint due);
  void remove(const EndpointPtr& endpoint);
  void reschedule(const EndpointPtr& endpoint, TimePoint due);

  bool contains(const fleet::EndpointKey& key) const { return endpoints_.contains(key); }
  std::vector<EndpointPtr> of_target(const std::string& name) const;
  std::vector<EndpointPtr> all() const;

  /// The endpoint that is due first; null when there is none.
  EndpointPtr first() const;

 private:
  /// A set, not a map: a key has two strings, and it is in the endpoint.
  struct ByKey {
    using is_transparent = void;
    bool operator()(const EndpointPtr& a, const EndpointPtr& b) const { return a->key < b->key; }
    bool operator()(const EndpointPtr& a, const fleet::EndpointKey& b) const { return a->key < b; }
    bool operator()(const fleet::EndpointKey& a, const EndpointPtr& b) const { return a < b->key; }
  };
  std::set<EndpointPtr, ByKey> endpoints_;
  std::set<std::pair<TimePoint, EndpointPtr>> by_due_;
};

}  // namespace rdpwatch::scheduling
