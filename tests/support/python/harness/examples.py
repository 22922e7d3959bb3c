"""deploy/prometheus/prometheus.yml with its alternatives, pieces between two comments, switched on and off."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[4] / "deploy/prometheus"
_PIECE = re.compile(r"^ *# Alternative (\S+)\n(.*?)^ *# End of \1\n", re.M | re.S)


def prometheus_example():
    return (FOLDER / "prometheus.yml").read_text(encoding="utf-8")


def alternatives(text):
    """The names of the pieces, each once, in order."""
    return list(dict.fromkeys(name for name, _ in _PIECE.findall(text)))


def choose(text, *names):
    """The text with these pieces switched on and all others left out."""
    missing = set(names) - set(alternatives(text))
    if missing:
        raise ValueError(f"no alternative {missing}")

    def piece(match):
        return re.sub(r"^( *)#", r"\1", match.group(2), flags=re.M) if match.group(1) in names else ""

    return _PIECE.sub(piece, text)
