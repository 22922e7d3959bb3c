#pragma once
// Maintenance as JSON. Thread-safe: pure functions.

#include <boost/json/object.hpp>

#include "daemon/maintenance/maintenances.hpp"

namespace rdpwatch::api {

/// id, name, from, until, reason, by: what is empty is left out.
boost::json::object maintenance_json(const fleet::Maintenance& maintenance);

/// The same with what it covers.
boost::json::object listed_json(const maintenance::Listed& listed);

}  // namespace rdpwatch::api
