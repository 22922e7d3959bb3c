#pragma once
// The groups that personalities() puts together; the other ones are in personalities.cpp.

#include <vector>

#include "tests/sim/personalities.hpp"

namespace rdpwatch::sim {

using PersonalityList = std::vector<Personality>;

/// Hosts that differ in what they say in CredSSP.
void add_nla(PersonalityList& list);
/// Hosts without NLA that differ in MCS and licensing.
void add_sessions(PersonalityList& list);
/// Hosts that differ in which protocols and versions of TLS they take.
void add_audited(PersonalityList& list);
/// Hosts behind a device that breaks only some clients, and hosts that only some of a client's questions
/// tell apart.
void add_watched(PersonalityList& list);

}  // namespace rdpwatch::sim
