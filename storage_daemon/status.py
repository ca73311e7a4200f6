"""`kiln-storage status`: one line for a person on the machine."""

from __future__ import annotations

import json
import os

from . import kinds, machine, policy, watch
from .settings import Settings


def main(settings: Settings) -> int:
    """Print the line; returns 0, or 1 where nothing is mounted or the daemon does not run.

    Needs no root: what LVM tells root alone, the daemon has noted.
    """
    files = kinds.filesystem_of(settings)
    if not files.is_mounted():
        print(f"{files.mount_point}: no {files.kind} is mounted there (see journalctl -u kiln-storage-prepare)")
        return 1
    state = json.loads(machine.read(watch.PATH) or "{}")
    watched = os.path.exists(f"{machine.ROOT}/proc/{state.get('pid', 0)}/stat")
    space, size, members = files.space(), state.get("size", 0), state.get("members", 1)
    grown = state.get("growths", 0)
    following = policy.next_size(settings, members - 1, size)
    parts = [
        f"{files.mount_point} ({files.kind}): {space.free / policy.GIB:.1f} of {space.total / policy.GIB:.1f} GiB free "
        f"({space.share:.0f} %) on {members} volume{'s' if members > 1 else ''}",
        f"grown {grown} time{'' if grown == 1 else 's'} since its start"
        + (f" ({state['last']})" if state.get("last") else ""),
        state.get("now")
        or (f"next volume {following} GiB, up to {settings.ceiling} GiB" if following else "no more growth"),
    ]
    print(
        "; ".join(parts if watched else [parts[0], "the daemon does not watch it (see systemctl status kiln-storage)"])
    )
    return 0 if watched else 1
