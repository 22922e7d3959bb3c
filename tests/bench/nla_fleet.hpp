#pragma once
// A fleet as a large installation has it: terminal servers that are probed up to NLA, with everything that
// such a probe finds out; one in a hundred is down.

#include "daemon/fleet/result_store.hpp"

namespace rdpwatch::bench {

/// Today: a route judges certificates by the clock, and at another time more or fewer of them had run out.
inline const fleet::WallTime kFleetTime =
    std::chrono::floor<std::chrono::hours>(std::chrono::system_clock::now());

fleet::EndpointKey nla_key(int number);
inline bool is_down(int number) {
  return number % 100 == 99;
}
/// One that went well, of the host of that number.
handshake::ProbeResult nla_result(int number);
/// One run with that attempt, at kFleetTime.
fleet::RunRecord run_of(handshake::ProbeResult attempt);
/// Hosts 0 to endpoints - 1, each with a first run, and a second one that failed where the host is down.
void fill_with_nla_fleet(fleet::ResultStore& store, int endpoints);

}  // namespace rdpwatch::bench
