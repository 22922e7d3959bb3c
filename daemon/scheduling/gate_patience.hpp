#pragma once
// What a caller does whose probe the gate refused, when it has time: it tries again.

#include <boost/asio/awaitable.hpp>

#include "daemon/scheduling/probe_function.hpp"

namespace rdpwatch::scheduling {

struct Patience {
  handshake::Duration retry_pause;  ///< between two tries
  handshake::Duration retry_for;  ///< from the first one; then the refusal is the result (Verdict::abandoned)
};

/// Throws operation_aborted when cancelled.
boost::asio::awaitable<handshake::ProbeResult> probe_patiently(ProbeFunction probe, handshake::ProbePlan plan,
                                                               Patience patience);

/// Throws operation_aborted when the awaiting coroutine was cancelled, which a probe reports as a result
/// instead.
boost::asio::awaitable<void> throw_when_cancelled();

}  // namespace rdpwatch::scheduling
