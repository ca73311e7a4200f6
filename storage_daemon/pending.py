"""What a growth has begun with, on the disk before AWS hears of it: after a kill the same request is made again.

A ClientToken makes one volume of equal requests, so everything in the request is kept, its tags too.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace

from . import machine

PATH = machine.KEPT + "/growth.json"
# A growth takes a minute or so: an hour later, a volume that is attached to nothing may be swept away.
LIFETIME = 3600.0


@dataclass(frozen=True)
class Pending:
    """The growth of an `ordinal`, which counts attempts of this instance, not volumes; `size` in GiB, 0 for none yet.

    `volume` is the id of the one being brought in, `condemned` of one that cannot be used and is to be deleted.
    """

    ordinal: int = 0
    size: int = 0
    expires: str = ""
    volume: str = ""
    condemned: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a growth has begun and not ended."""
        return bool(self.size or self.volume or self.condemned)

    def token(self, instance: str) -> str:
        """The ClientToken: at most 64 characters, the same for the same attempt."""
        return "kiln-" + hashlib.sha256(f"{instance} {self.ordinal}".encode()).hexdigest()[:48]

    def begin(self, size: int) -> Pending:
        """Note the size (GiB) of the volume that is asked for next."""
        if self.size:
            return self
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + LIFETIME))
        return _kept(replace(self, size=size, expires=expires))

    def bring(self, volume_id: str) -> Pending:
        """Note the volume that is brought into the file system."""
        return _kept(replace(self, volume=volume_id))

    def condemn(self, volume_id: str) -> Pending:
        """Note a volume that is to be deleted."""
        return _kept(replace(self, condemned=volume_id))

    def end(self) -> Pending:
        """The next attempt is another one, with another token."""
        return _kept(Pending(self.ordinal + 1)) if self.is_open else self


def load() -> Pending:
    """As it was left; a fresh one where nothing was, or nothing that can be read."""
    try:
        return Pending(**json.loads(machine.read(PATH) or "{}"))
    except (ValueError, TypeError):
        return Pending()


def _kept(pending: Pending) -> Pending:
    machine.write(PATH, json.dumps(asdict(pending)))
    return pending
