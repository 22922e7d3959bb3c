#pragma once
// What the result store knows of an endpoint and its fleet, as a diagnosis takes it.

#include "daemon/fleet/result_store.hpp"
#include "probes/diagnosis/evidence.hpp"

namespace rdpwatch::scheduling {

/// As it stands before the failed run is recorded. Thread-safe.
diagnosis::FleetContext fleet_context(const fleet::ResultStore& store, const fleet::EndpointKey& key,
                                      const inventory::Target& target);

}  // namespace rdpwatch::scheduling
