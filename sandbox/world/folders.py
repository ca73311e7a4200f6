"""The folders of a sandbox on this computer."""

import os
from pathlib import Path

HOME_VARIABLE = "KILN_SANDBOX_HOME"
CACHE_VARIABLE = "KILN_SANDBOX_CACHE"
USUAL_HOME = Path.home() / ".cache" / "kiln" / "sandbox"


def default_home() -> Path:
    """Return KILN_SANDBOX_HOME, or ~/.cache/kiln/sandbox."""
    return Path(os.environ.get(HOME_VARIABLE) or USUAL_HOME).absolute()


def cache_of(home: Path) -> Path:
    """Return the folder of what outlives a sandbox, base disks and downloads: KILN_SANDBOX_CACHE, or the home."""
    return Path(os.environ.get(CACHE_VARIABLE) or home).absolute()


def run_of(home: Path) -> Path:
    """Return the folder of what belongs to a single run: state, log, credentials, the machines' disks."""
    return home / "run"
