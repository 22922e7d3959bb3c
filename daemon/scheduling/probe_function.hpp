#pragma once
// How scheduling runs a probe: as a function that is handed in, so that it needs to know no sockets.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "probes/handshake/probe_plan.hpp"
#include "probes/handshake/probe_result.hpp"
#include "probes/handshake/probe_watch.hpp"

namespace rdpwatch::scheduling {

/// Runs one probe on the executor of the coroutine that awaits it. When cancelled (terminal) it must end
/// soon, with Verdict::abandoned or by throwing. Any other exception is taken for a fault of our own.
using ProbeFunction = std::function<boost::asio::awaitable<handshake::ProbeResult>(handshake::ProbePlan)>;

/// Makes the ProbeFunction of one event loop; what it holds is destroyed before the loop is.
using ProbeFunctionFactory = std::function<ProbeFunction(boost::asio::io_context&)>;

/// The same for a probe that somebody waits for.
using WatchedProbe = std::function<boost::asio::awaitable<handshake::ProbeResult>(handshake::ProbePlan,
                                                                                  handshake::ProbeWatch)>;
using WatchedProbeFactory = std::function<WatchedProbe(boost::asio::io_context&)>;

}  // namespace rdpwatch::scheduling
