"""What the image of Nextflow is made of: nextflow/pins.yaml as a value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from kiln.errors import UserError

FILE = Path(__file__).parents[1] / "pins.yaml"
NAMES = ("base", "nextflow", "nf-amazon", "nf-cloudcache", "aws-cli")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEYS = {"version", "url", "sha256", "source"}


@dataclass(frozen=True)
class Pin:
    """A part: its address, its SHA-256 (hex; of the base image its digest), and where its publisher published that."""

    version: str
    url: str
    sha256: str
    source: str

    @property
    def is_complete(self) -> bool:
        """Whether it may be downloaded: a sum without a source is nobody's."""
        return bool(_SHA256.fullmatch(self.sha256)) and bool(self.source.strip())


def load_pins(file: Path = FILE) -> dict[str, Pin]:
    """Load the pins by name; UserError for a file that is not as it should be."""
    try:
        document = yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise UserError(f"{file.name} cannot be read", str(error), "It lies beside nextflow/Dockerfile.") from error
    entries = document if isinstance(document, Mapping) else {}
    problems = [f"{name} is missing" for name in NAMES if name not in entries]
    problems += [f"{name} is unknown" for name in entries if name not in NAMES]
    problems += [
        f"{name} needs {', '.join(sorted(_KEYS))}, as texts" for name in NAMES if not _is_pin(entries.get(name))
    ]
    if problems:
        raise UserError(f"{file.name} is not as it should be", "\n".join(problems), "git diff shows what was changed.")
    return {name: Pin(**entries[name]) for name in NAMES}


def _is_pin(entry: object) -> bool:
    return isinstance(entry, Mapping) and set(entry) == _KEYS and all(isinstance(text, str) for text in entry.values())


def check_pins(pins: Mapping[str, Pin], replaced: frozenset[str]) -> None:
    """Raise UserError, with all of their names, for pins that may not be downloaded; `replaced` are not."""
    lacking = [name for name in NAMES if name not in replaced and not pins[name].is_complete]
    if lacking:
        raise UserError(
            f"nextflow/pins.yaml has no published SHA-256 of {', '.join(lacking)}",
            "what is built in must be what its publisher published: a sum of one's own download proves nothing",
            "Fill in sha256 and source from the publisher's page; the file says where. "
            "Or replace the part: --base, --nextflow, --aws-cli.",
        )
