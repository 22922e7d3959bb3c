#pragma once
// Which of the daemon's threads goes first where they share a core.

namespace rdpwatch {

/// The calling thread, and those that it starts from now on, give way to the probes' threads: a scrape or a
/// judgement of a big fleet takes a few tenths of a second of CPU and can wait, a probe's answer can't.
/// Without effect where the system does not allow it.
void give_way_to_probes();

}  // namespace rdpwatch
