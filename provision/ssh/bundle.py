"""A recipe's files, steps and checks as the one archive that is sent to a machine."""

import gzip
import io
import shlex
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from provision.model.recipe import Check, File, Step

RUNNER = Path(__file__).with_name("runner.sh")

# The outermost command that failed is noted for the report; functions count, subshells do not, because they may fail
# without ending the script.
PRELUDE = """\
set -Eeuo pipefail
trap '[ "$BASH_SUBSHELL" -gt 0 ] || printf "%s\\n" "$BASH_COMMAND" >"$KILN_FAILED"' ERR
"""


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
        if task.timeout < 1:
            raise ValueError(f"{task.name}: time limit of {task.timeout} s")
    members = {"runner.sh": RUNNER.read_bytes(), "plan": "".join(map(_plan_line, tasks)).encode()}
    members |= {f"{n:03d}.sh": (PRELUDE + task.script + "\n").encode() for n, task in enumerate(tasks)}
    members |= {f"files/{n}": file.content for n, file in enumerate(files)}
    return Bundle(tasks, _archive(members))


def _install(files: tuple[File, ...]) -> tuple[Step, ...]:
    """The step that puts every file in its place, with parent folders of mode 755 where they are missing."""
    if not files:
        return ()
    lines = ['cd "${0%/*}/files"']
    for n, file in enumerate(files):
        user, _, group = file.owner.partition(":")
        owner = ["-o", user, *(["-g", group] if group else [])]
        lines.append(shlex.join(["install", "-D", "-m", f"{file.mode:04o}", *owner, "--", str(n), file.path]))
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
