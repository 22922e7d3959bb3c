#include "daemon/api/maintenance_json.hpp"

#include "daemon/report/json_parts.hpp"
#include "daemon/report/time_text.hpp"

namespace rdpwatch::api {

boost::json::object maintenance_json(const fleet::Maintenance& maintenance) {
  boost::json::object out;
  report::put_text(out, "id", maintenance.id);
  out["name"] = maintenance.name;
  out["from"] = report::rfc3339_seconds(maintenance.from);
  out["until"] = report::rfc3339_seconds(maintenance.until);
  report::put_text(out, "reason", maintenance.reason);
  report::put_text(out, "by", maintenance.by);
  return out;
}

boost::json::object listed_json(const maintenance::Listed& listed) {
  boost::json::object out = maintenance_json(listed.maintenance);
  out["planned"] = listed.maintenance.id.empty();
  out["match"] = listed.match;
  out["targets"] = listed.targets;
  return out;
}

}  // namespace rdpwatch::api
