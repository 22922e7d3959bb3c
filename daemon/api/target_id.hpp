#pragma once
// The id of an endpoint in the API's paths. Thread-safe: pure functions.

#include <optional>
#include <string>
#include <string_view>

#include "daemon/fleet/target_state.hpp"

namespace rdpwatch::api {

/// "ts01.corp.example.com~3a3389", and "gw~3a3389~~10.0.0.9" for an endpoint of an expanded target: letters,
/// digits, dot, hyphen and underscore stand for themselves, every other byte is ~ and its two hexadecimal
/// digits. So it needs no encoding in a URL, says whose it is, and is the same after a restart. The group is
/// not in it, because a target's name is there once in an inventory: a host that moves to another group
/// keeps its id.
std::string id_of(const fleet::EndpointKey& key);

/// Nothing for a text that id_of() never makes.
std::optional<fleet::EndpointKey> key_of(std::string_view id);

}  // namespace rdpwatch::api
