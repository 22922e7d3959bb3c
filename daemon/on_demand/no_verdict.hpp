#pragma once
// Why a probe that somebody asked for says nothing of its target, as an answer over HTTP. Pure functions.

#include <string>

#include "daemon/http/message.hpp"
#include "probes/handshake/probe_result.hpp"

namespace rdpwatch::on_demand {

struct Refusal {
  unsigned status = 503;
  std::string text;
  int retry_after_seconds = 0;  ///< 0: trying again is of no use
};

/// Of a result whose verdict is neither success nor failure: 429 at the cap a minute, 403 for a name outside
/// the allowed networks, else 503.
Refusal no_verdict(const handshake::ProbeResult& result);

/// As many as kMostProbes run.
Refusal too_many();

/// Plain text, with Retry-After.
http::Response as_response(const Refusal& refusal);

}  // namespace rdpwatch::on_demand
