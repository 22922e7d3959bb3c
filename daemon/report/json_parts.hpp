#pragma once
// Pieces that the JSON of probes and of audits share.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>

#include "daemon/report/time_text.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::report {

template <typename Strings>
boost::json::array string_array(const Strings& strings) {
  boost::json::array array;
  for (const auto& text : strings) array.emplace_back(std::string_view(text));
  return array;
}

/// Leaves an empty text out.
void put_text(boost::json::object& object, std::string_view key, std::string_view text);

/// `failure`, and `client_error` where a client's code is known.
void put_failure(boost::json::object& out, const handshake::Failure& failure);

/// Days to expiry are counted from `at`.
boost::json::object certificate_json(const handshake::CertificateFacts& facts, WallTime at);

/// Empty for a host that said nothing of itself.
boost::json::object host_json(const handshake::HostFacts& facts);

boost::json::object mcs_json(const handshake::McsFacts& facts);

}  // namespace rdpwatch::report
