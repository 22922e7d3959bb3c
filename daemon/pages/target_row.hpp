#pragma once
// One endpoint as a row or a card of a page: what the API's row has, in people's words and with links.
// Thread-safe: pure functions.

#include <boost/json/object.hpp>
#include <string>

#include "daemon/api/target_json.hpp"

namespace rdpwatch::pages {

/// Days before a certificate's end from which a page points at it: the alert's first threshold.
inline constexpr int kSoonDays = 21;

/// Links are relative to the root. Absent means not observed. Keys: id, target, link, state, group,
/// group_link, site, module, since, last_run, last_good (moments, see page.hpp), phase, reason,
/// reason_meaning, detail, client_code, siblings, cause (id, title, likelihood, link), changes, check (where,
/// command, look_for), duration_ms, certificate_days, certificate_class ("expired", "soon" or "fine").
boost::json::object target_row(const fleet::TargetState& state, const api::RowContext& context);

/// Of a certificate that has so many days left: "expired", "soon" (less than kSoonDays) or "fine".
std::string_view life_class(double days);

/// "targets/ts09~3a3389".
std::string target_link(const fleet::EndpointKey& key);
/// "groups/fra~2frds".
std::string group_link(std::string_view group);

/// "ts09:3389", or "gw:3389 (10.0.0.9)" for an endpoint of an expanded target.
std::string display_name(const fleet::EndpointKey& key);

/// What differs from its group, and what is other than when it was last well: a sentence each.
boost::json::array changes_of(const fleet::TargetState& state, const api::RowContext& context);

}  // namespace rdpwatch::pages
