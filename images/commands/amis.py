"""`invoke list-amis` and `invoke clean`, as a person sees them."""

from datetime import UTC, datetime

from cloud.session import Cloud
from images import clean as cleaning
from images.amis import catalogue
from images.clean import Leftover
from images.commands import show
from images.commands.recording import BUILDS
from kiln import typed
from kiln.errors import Exit
from kiln.screen import print_json, print_result


def list_amis(region: str | None, *, as_json: bool) -> int:
    """Show the AMIs that Kiln made, newest first. Returns an exit code (kiln.errors.Exit)."""
    entries = catalogue.list_entries(Cloud(region))
    if as_json:
        print_json([{key: value for key, value in vars(entry).items() if key != "inputs"} for entry in entries])
    elif not entries:
        print_result(f"Kiln has made no AMI in this account and region yet. Try {typed.command('build-ami')}.")
    else:
        print_result(show.render_table(entries, datetime.now(UTC)))
    return Exit.DONE


def clean(region: str | None, *, apply: bool, as_json: bool) -> int:
    """Show what builds left behind, and delete it with `apply`. Returns an exit code (kiln.errors.Exit)."""
    leftovers = cleaning.find(Cloud(region), BUILDS)
    failed = _remove(leftovers) if apply else []
    if as_json:
        standing = [leftover for leftover, _ in failed]
        print_json(
            [
                {
                    "kind": leftover.kind,
                    "id": leftover.id,
                    "build": leftover.build,
                    "why": leftover.why,
                    "removed": apply and leftover not in standing,
                }
                for leftover in leftovers
            ]
        )
    else:
        print_result(show.render_leftovers(leftovers, failed, applied=apply))
    if failed:
        return Exit.USER_ERROR
    return Exit.SOMETHING_TO_DO if leftovers and not apply else Exit.DONE


def _remove(leftovers: list[Leftover]) -> list[tuple[Leftover, str]]:
    """Those that could not be removed, and why."""
    failed = []
    for leftover in leftovers:
        try:
            leftover.remove()
        except Exception as error:
            failed.append((leftover, str(error)))
    return failed
