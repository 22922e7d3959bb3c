"""The project's files, as the contract tests see them."""

import os
from pathlib import Path

ROOT = Path(os.environ["RDPWATCH_SOURCE_DIR"])
NOT_OURS = {"build", ".git", ".cache", "node_modules", "__pycache__"}


def files(*suffixes, under="."):
    """Paths relative to the root, sorted; all files when no suffix is given. What is built or fetched is left out."""
    found = []
    for folder, subfolders, names in os.walk(ROOT / under):
        subfolders[:] = [name for name in subfolders if name not in NOT_OURS]
        for name in names:
            path = (Path(folder) / name).relative_to(ROOT)
            if not suffixes or path.suffix in suffixes:
                found.append(path)
    return sorted(found)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")
