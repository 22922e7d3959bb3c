#pragma once
// Who may make the daemon do something: every request that is more than a question goes through here. Pure
// functions.

#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/message.hpp"

namespace rdpwatch::http {

/// What is wrong with a request that wants `what` done ("reloading", "a probe"): an answer of status 403, or
/// nothing when it may go on. It must come from somebody who is authenticated or from a loopback address; and
/// not from a page of another origin that is open in such a one's browser.
///
/// This server's own origin is what the Host header says, or the authority of `external_url` (empty: there is
/// none). Without authentication a browser's request must name a loopback host there: a foreign name that
/// leads to this machine is the way of DNS rebinding.
std::optional<Response> refusal_of_change(const Request& request, std::string_view what,
                                          std::string_view external_url);

}  // namespace rdpwatch::http
