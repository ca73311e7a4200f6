"""The program of `storage_daemon/`, as files for a machine.

Its sources are data here, read and not imported: it runs on the machine, with the machine's own Python.
"""

from pathlib import Path
from typing import Literal

from provision.model.recipe import File

SOURCE = Path(__file__).parents[2] / "storage_daemon"
PACKAGE = "kiln_storage"
FOLDER = f"/usr/local/lib/kiln-storage/{PACKAGE}"

# Each file system's module is only loaded where it is used.
_ONE_OF = {"btrfs": "lvm.py", "lvm": "btrfs.py"}


def list_files(filesystem: Literal["btrfs", "lvm"]) -> tuple[File, ...]:
    """The modules that the program needs for a file system, in a fixed order."""
    return tuple(
        File(f"{FOLDER}/{path.name}", path.read_bytes(), minify=True)
        for path in sorted(SOURCE.glob("*.py"))
        if path.name != _ONE_OF[filesystem]
    )


def write_wrapper(python: str) -> str:
    """The command `kiln-storage`, for the interpreter at that path."""
    return f'#!/bin/sh\nPYTHONPATH={FOLDER.rpartition("/")[0]} exec {python} -s -m {PACKAGE} "$@"\n'
