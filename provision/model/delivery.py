"""What both deliveries of a recipe share: over SSH (`provision.ssh`) and while a machine boots (`userdata.boot`)."""

from pathlib import Path

from provision.model.recipe import Check, File, Step

PROLOGUE = Path(__file__).with_name("prologue.sh")

# Stands before every script. The outermost command that failed is noted for the report; functions count, subshells do
# not, because they may fail without ending the script.
PRELUDE = """\
set -Eeuo pipefail
trap '[ "$BASH_SUBSHELL" -gt 0 ] || printf "%s\\n" "$BASH_COMMAND" >"$KILN_FAILED"' ERR
"""


def place_of(file: File) -> tuple[str, str, str, str]:
    """Path, mode, user and group of a file, as kiln_put of the prologue takes them."""
    user, _, group = file.owner.partition(":")
    return file.path, f"{file.mode:04o}", user, group or user


def refuse_endless(task: Step | Check) -> None:
    """Raise ValueError for a time limit below one second."""
    if task.timeout < 1:
        raise ValueError(f"{task.name}: time limit of {task.timeout} s")
