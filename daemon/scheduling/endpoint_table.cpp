#include "daemon/scheduling/endpoint_table.hpp"

namespace rdpwatch::scheduling {

bool expands(const inventory::Target& target) {
  return target.expand_addresses && !target.host_is_literal;
}

std::uint64_t endpoint_hash(const fleet::EndpointKey& key) {
  return stable_hash(key.target + ' ' + key.address);
}

EndpointPtr EndpointTable::add(inventory::TargetPtr target, std::string address, TimePoint due) {
  auto endpoint = std::make_shared<Endpoint>();
  endpoint->key = {target->name, std::move(address)};
  endpoint->hash = endpoint_hash(endpoint->key);
  endpoint->target = std::move(target);
  endpoint->due = due;
  endpoints_.insert(endpoint);
  by_due_.emplace(due, endpoint);
  return endpoint;
}

void EndpointTable::remove(const EndpointPtr& endpoint) {
  by_due_.erase({endpoint->due, endpoint});
  endpoints_.erase(endpoint);
}

void EndpointTable::reschedule(const EndpointPtr& endpoint, TimePoint due) {
  if (endpoint->due == due) return;
  by_due_.erase({endpoint->due, endpoint});
  endpoint->due = due;
  by_due_.emplace(due, endpoint);
}

std::vector<EndpointPtr> EndpointTable::of_target(const std::string& name) const {
  std::vector<EndpointPtr> found;
  for (auto next = endpoints_.lower_bound(fleet::EndpointKey{name, ""});
       next != endpoints_.end() && (*next)->key.target == name; ++next) {
    found.push_back(*next);
  }
  return found;
}

std::vector<EndpointPtr> EndpointTable::all() const {
  return {endpoints_.begin(), endpoints_.end()};
}

EndpointPtr EndpointTable::first() const {
  return by_due_.empty() ? nullptr : by_due_.begin()->second;
}

}  // namespace rdpwatch::scheduling
