#pragma once
// The command line: declares the commands and their flags, and runs the one that was asked for.

#include <functional>

#include "daemon/cli/serve.hpp"
#include "daemon/cli/streams.hpp"

namespace rdpwatch::cli {

/// The exit code. `serve` is what the command of that name calls with its flags. Never throws.
int run(int argc, const char* const* argv, Streams streams,
        const std::function<int(const ServeOptions&)>& serve);

}  // namespace rdpwatch::cli
