"""A recipe's files, steps and checks as the one archive that is sent to a machine."""

import gzip
import io
import shlex
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from provision.model.delivery import PRELUDE, PROLOGUE, place_of, refuse_endless
from provision.model.recipe import Check, File, Step

RUNNER = Path(__file__).with_name("runner.sh")


@dataclass(frozen=True)
class Bundle:
    """`tasks` in the order in which they run; `archive` is a .tar.gz for provision/ssh/runner.sh."""

    tasks: tuple[Step | Check, ...]
    archive: bytes = field(repr=False)


def bundle(files: Iterable[File] = (), steps: Iterable[Step] = (), checks: Iterable[Check] = ()) -> Bundle:
    """Files first (as one step named "files"), then steps, then checks; equal input gives equal bytes.

    Raises ValueError for a time limit below one second.
    """
    files = tuple(files)
    tasks: tuple[Step | Check, ...] = (*_install(files), *steps, *checks)
    for task in tasks:
        refuse_endless(task)
    members = {"runner.sh": RUNNER.read_bytes(), "prologue.sh": PROLOGUE.read_bytes()}
    members |= {"plan": "".join(map(_plan_line, tasks)).encode()}
    members |= {f"{n:03d}.sh": (PRELUDE + task.script + "\n").encode() for n, task in enumerate(tasks)}
    members |= {f"files/{n}": file.content for n, file in enumerate(files)}
    return Bundle(tasks, _archive(members))


def _install(files: tuple[File, ...]) -> tuple[Step, ...]:
    """The step that puts every file in its place."""
    if not files:
        return ()
    lines = ["run=${KILN_TMP%/*}", '. "${0%/*}/prologue.sh"', 'cd "${0%/*}/files"']
    lines += [shlex.join(["kiln_put", str(n), *place_of(file)]) for n, file in enumerate(files)]
    return (Step("files", "\n".join(lines)),)


def _plan_line(task: Step | Check) -> str:
    if isinstance(task, Step):
        return f"step {task.timeout} {int(task.reboot)}\n"
    return f"check {task.timeout} 0\n"


def _archive(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=6, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for name, content in members.items():
            member = tarfile.TarInfo(name)  # no owner, no time: they would differ from one client to the next
            member.size, member.mode = len(content), 0o600
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()
