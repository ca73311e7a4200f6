"""Results that take long to work out, kept on this computer. Losing them costs time and nothing else."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiln import atomic


def find_folder() -> Path:
    """$XDG_CACHE_HOME/kiln, by default ~/.cache/kiln (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kiln"


def remember(kind: str, made_of: str, make: Callable[[], str]) -> str:
    """The text that `make` makes of exactly `made_of`; made again where it is not kept, or cannot be read.

    What is kept begins with its own digest, so that half a file or another's is never taken.
    """
    path = find_folder() / f"{kind}-{_digest(made_of)[:32]}"
    with suppress(OSError, UnicodeDecodeError, RuntimeError):
        digest, _, text = path.read_text().partition("\n")
        if digest == _digest(text):
            return text
    text = make()
    with suppress(OSError, RuntimeError):
        atomic.write(path, f"{_digest(text)}\n{text}", mode=0o600)
    return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
