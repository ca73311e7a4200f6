"""A real AWS CLI as a program: the one that the sandbox packs into its stand-in for the conda installer."""

import subprocess
from pathlib import Path

from sandbox.machines import conda
from sandbox.machines.host import made_once
from sandbox.world import folders


def find_aws(folder: Path) -> Path:
    """Return a folder for PATH with `aws` in it, made in `folder`. It is unpacked into the sandbox's cache once.

    MachineError, with its reason, where this host cannot make the stand-in.
    """
    installer, digest = conda.installer(folders.cache_of(folders.default_home()))

    def unpack(place: Path) -> None:
        subprocess.run(["bash", str(installer), "-b", "-p", str(place / "conda")], check=True, capture_output=True)

    prefix = made_once(installer.parent.parent / f"aws-cli-{digest[:16]}", unpack) / "conda"
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "aws"
    program.write_text(f'#!/bin/sh\nexec "{prefix}/bin/python" "{prefix}/bin/aws" "$@"\n')
    program.chmod(0o755)
    return program.parent
