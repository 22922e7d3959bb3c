#include "daemon/scheduling/endpoint_table.hpp"

namespace rdpwatch::scheduling {

bool expands(const inventory::Target& target) {
  return target.expand_addresses && !target.plan.host_is_literal;
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
  endpoints_.emplace(endpoint->key, endpoint);
  by_due_.emplace(due, endpoint.get());
  return endpoint;
}

void EndpointTable::remove(const EndpointPtr& endpoint) {
  by_due_.erase({endpoint->due, endpoint.get()});
  endpoints_.erase(endpoint->key);
}

void EndpointTable::reschedule(const EndpointPtr& endpoint, TimePoint due) {
  if (endpoint->due == due) return;
  by_due_.erase({endpoint->due, endpoint.get()});
  endpoint->due = due;
  by_due_.emplace(due, endpoint.get());
}

std::vector<EndpointPtr> EndpointTable::of_target(const std::string& name) const {
  std::vector<EndpointPtr> found;
  for (auto next = endpoints_.lower_bound({name, ""}); next != endpoints_.end() && next->first.target == name;
       ++next) {
    found.push_back(next->second);
  }
  return found;
}

std::vector<EndpointPtr> EndpointTable::all() const {
  std::vector<EndpointPtr> found;
  found.reserve(endpoints_.size());
  for (const auto& [key, endpoint] : endpoints_) found.push_back(endpoint);
  return found;
}

EndpointPtr EndpointTable::first() const {
  if (by_due_.empty()) return nullptr;
  return endpoints_.at(by_due_.begin()->second->key);
}

}  // namespace rdpwatch::scheduling
