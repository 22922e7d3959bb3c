"""Who may include whom. A room is a folder; the table lists the rooms that each may know besides itself."""

import re
import unittest

import tree

ROOMS = {
    "probes/wire": [],
    "probes/handshake": ["probes/wire"],
    "probes/transport": ["probes/wire", "probes/handshake"],
    "probes/diagnosis": ["probes/wire", "probes/handshake"],
    "config": ["probes/handshake/taxonomy.hpp", "probes/handshake/probe_plan.hpp"],
    "daemon/inventory": ["config", "probes/handshake"],
    "daemon/fleet": ["config", "probes/handshake", "probes/diagnosis", "daemon/inventory"],
    "daemon/maintenance": ["config", "daemon/inventory", "daemon/fleet/maintenance.hpp"],
    "daemon/storage": ["probes/handshake", "probes/diagnosis", "daemon/fleet", "daemon/events"],
    "daemon/report": ["probes/wire", "probes/handshake", "probes/diagnosis"],
    "daemon/events": ["config", "probes/handshake", "probes/diagnosis", "daemon/inventory", "daemon/fleet", "daemon/report"],
    "daemon/scheduling": ["config", "probes/handshake", "probes/transport", "probes/diagnosis", "daemon/inventory", "daemon/fleet"],
    "daemon/metrics": ["config", "probes/handshake", "probes/diagnosis", "daemon/inventory", "daemon/fleet", "daemon/events"],
    "daemon/http": ["config", "probes/handshake", "daemon/inventory", "daemon/fleet", "daemon/metrics"],
    "daemon/api": ["config", "probes/handshake", "probes/diagnosis", "daemon/inventory", "daemon/fleet", "daemon/events", "daemon/maintenance",
                   "daemon/metrics", "daemon/report", "daemon/http"],
    "daemon/on_demand": ["config", "probes/handshake", "probes/diagnosis", "daemon/inventory", "daemon/fleet", "daemon/scheduling",
                         "daemon/metrics", "daemon/report", "daemon/http", "daemon/api"],
    "daemon/pages": ["config", "probes/handshake", "probes/diagnosis", "daemon/inventory", "daemon/fleet", "daemon/events", "daemon/maintenance",
                     "daemon/metrics", "daemon/report", "daemon/http", "daemon/api", "daemon/on_demand"],
    "daemon/service": [],
    "daemon": ["config", "probes", "daemon"],
    "tests/sim": [],  # shares no code with what it tests
    "tests": ["config", "probes", "daemon", "tests"],
    "cmake": [],
}
# Sans-io: these rooms know the language's library and nothing else, no socket, no TLS, no clock of the system.
STANDARD_LIBRARY_ONLY = ["probes/wire", "probes/handshake"]
# What is worth saying is in the result; below daemon nobody logs or prints.
SILENT = ["probes", "config"]
LOGGING = re.compile(r"spdlog|<iostream>|<syslog\.h>|std::(?:cout|cerr|clog)\b|\b(?:f?printf|f?puts|perror)\s*\(")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def is_under(path, folder):
    return path == folder or path.startswith(folder + "/")


def room_of(path):
    """The most special room that the file lies in."""
    return max((room for room in ROOMS if is_under(path, room)), key=len, default=None)


def violations(path, text):
    """What is wrong with the includes of the file `path`, each as path:line: message."""
    room = room_of(path)
    if room is None:
        return [f"{path}:1: this folder is no room; add it to the table of this test and to ARCHITECTURE.md"]
    allowed = [room, *ROOMS[room]]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}: "
        if any(is_under(path, one) for one in SILENT) and LOGGING.search(line):
            found.append(f"{where}logs or prints; below daemon what is worth saying is in the result")
        match = INCLUDE.match(line)
        if not match:
            continue
        ours, system = match.groups()
        if ours is not None:
            if not any(is_under(ours, one) for one in allowed):
                known = " ".join(ROOMS[room]) or "no other room"
                found.append(f"{where}includes {ours}; {room} may include: {known}")
            elif not (tree.ROOT / ours).is_file():
                found.append(f"{where}includes {ours}, which is no file of the project; includes start at its root")
        elif any(is_under(path, one) for one in STANDARD_LIBRARY_ONLY) and not re.fullmatch(r"[a-z_]+", system):
            found.append(f"{where}includes <{system}>; {room} may include the C++ standard library only")
    return found


class Includes(unittest.TestCase):
    maxDiff = None

    def test_the_tree_has_no_forbidden_edge(self):
        sources = [path for path in tree.files(".cpp", ".hpp", ".def")]
        self.assertGreater(len(sources), 20)
        self.assertEqual([line for path in sources for line in violations(str(path), tree.read(path))], [])

    def test_a_planted_edge_is_caught(self):
        self.assertEqual(
            violations("probes/wire/tpkt.cpp", '#include "probes/wire/tpkt.hpp"\n#include "daemon/fleet/target_state.hpp"\n'),
            ["probes/wire/tpkt.cpp:2: includes daemon/fleet/target_state.hpp; probes/wire may include: no other room"])
        self.assertEqual(
            violations("probes/handshake/ladder.cpp", '#include "probes/transport/resolver.hpp"\n'),
            ["probes/handshake/ladder.cpp:1: includes probes/transport/resolver.hpp; "
             "probes/handshake may include: probes/wire"])
        self.assertEqual(
            violations("probes/transport/resolver.cpp", '#include "config/settings.hpp"\n'),
            ["probes/transport/resolver.cpp:1: includes config/settings.hpp; "
             "probes/transport may include: probes/wire probes/handshake"])
        self.assertEqual(
            violations("config/load.cpp", '#include "probes/handshake/taxonomy.hpp"\n#include "probes/handshake/step.hpp"\n'),
            ["config/load.cpp:2: includes probes/handshake/step.hpp; "
             "config may include: probes/handshake/taxonomy.hpp probes/handshake/probe_plan.hpp"])

    def test_a_planted_socket_in_a_sans_io_room_is_caught(self):
        self.assertEqual(
            violations("probes/handshake/ladder.cpp", "#include <vector>\n#include <sys/socket.h>\n#include <boost/asio.hpp>\n"),
            ["probes/handshake/ladder.cpp:2: includes <sys/socket.h>; probes/handshake may include the C++ standard library only",
             "probes/handshake/ladder.cpp:3: includes <boost/asio.hpp>; probes/handshake may include the C++ standard library only"])

    def test_a_planted_log_line_below_daemon_is_caught(self):
        self.assertEqual(
            violations("config/load.cpp", '#include <spdlog/spdlog.h>\nstd::snprintf(b, 9, "x");\nprintf("x");\n'),
            ["config/load.cpp:1: logs or prints; below daemon what is worth saying is in the result",
             "config/load.cpp:3: logs or prints; below daemon what is worth saying is in the result"])

    def test_an_include_that_does_not_start_at_the_root_is_caught(self):
        self.assertEqual(
            violations("probes/wire/tpkt.cpp", '#include "tpkt.hpp"\n'),
            ["probes/wire/tpkt.cpp:1: includes tpkt.hpp; probes/wire may include: no other room"])
        self.assertEqual(
            violations("probes/wire/tpkt.cpp", '#include "probes/wire/absent.hpp"\n'),
            ["probes/wire/tpkt.cpp:1: includes probes/wire/absent.hpp, which is no file of the project; "
             "includes start at its root"])


if __name__ == "__main__":
    unittest.main()
