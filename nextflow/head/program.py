"""Which Nextflow a head node gets: the pinned one, a program that is put in its place, or none."""

from dataclasses import dataclass
from pathlib import Path

from kiln.errors import UserError
from nextflow.container.pins import Pin, load_pins

NONE = "none"


@dataclass(frozen=True)
class Given:
    """A program in Nextflow's place. `version` is that of the Nextflow that it is not."""

    name: str
    content: bytes
    version: str


def choose(asked: str) -> Pin | Given | None:
    """Choose it: "" means the pinned one, `none` none, and anything else the path of a program.

    Raises UserError for a pin whose sum nobody has published, and for a program that cannot be read.
    """
    if asked == NONE:
        return None
    pin = load_pins()["nextflow"]
    if asked:
        try:
            return Given(Path(asked).name, Path(asked).read_bytes(), pin.version)
        except OSError as error:
            raise UserError(f"{asked} cannot be read", str(error), "--nextflow takes a program, or none.") from error
    if not pin.is_complete:
        raise UserError(
            "nextflow/pins.yaml has no published SHA-256 of nextflow",
            "what is put on the machine must be what its publisher published",
            "Fill in sha256 and source from the publisher's page; or --nextflow PROGRAM puts another in its place, and "
            "--nextflow none leaves it out.",
        )
    return pin
