"""`invoke destroy-env` as a person sees it. Returns exit codes (kiln.errors.Exit)."""

import time
from collections.abc import Sequence

from cloud.session import Cloud
from environments.commands import inventory
from environments.screens import teardown as show_teardown
from environments.spec import definitions
from environments.teardown import destroy as teardown
from environments.teardown.destroy import Named
from kiln import typed, words
from kiln.asking import agree
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result


def destroy(
    env: str, region: str | None, *, buckets: Sequence[str], amis: Sequence[str],
    plan: bool, yes: bool, terminate_jobs: bool, as_json: bool,
) -> int:  # fmt: skip
    """Show what would be deleted, ask, and do it. It works from tags: the definition may have changed, or be gone."""
    name, began = definitions.name_of(env), time.monotonic()
    cloud, screen, named = Cloud(region), Screen(), Named(frozenset(buckets), tuple(amis))
    planned = teardown.prepare(cloud, name, named)
    if not planned.steps and not planned.doomed:
        raise _unknown(cloud, name)
    command = " ".join([
        f"destroy-env --env {env}", *(f"--with-bucket {bucket}" for bucket in buckets),
        *(f"--with-ami {ami}" for ami in amis),
    ])  # fmt: skip
    text = show_teardown.render_plan(planned, command)
    if plan or not planned.something_to_do:
        if as_json:
            print_json(show_teardown.make_document(planned, applied=False))
        else:
            print_result(text)
        return Exit.SOMETHING_TO_DO if planned.something_to_do else Exit.DONE
    screen.say(text)
    if not _agreed(screen, planned, command, yes=yes, terminate_jobs=terminate_jobs):
        return Exit.SOMETHING_TO_DO
    teardown.destroy(cloud, name, named, screen)
    if as_json:
        print_json(show_teardown.make_document(planned, applied=True))
    else:
        seconds = words.format_seconds(time.monotonic() - began)
        print_result(show_teardown.render_destroyed(planned, seconds, sum(cloud.calls.values())))
    return Exit.DONE


def _unknown(cloud: Cloud, name: str) -> UserError:
    """What there is, by name."""
    names = [entry.name for entry in inventory.list_environments(cloud)]
    there = f"Kiln's environments there: {', '.join(names)}" if names else "no resource there has a tag of Kiln's"
    return UserError(
        f"there is no environment {name} in {cloud.region}",
        f"nothing carries its tag; {there}",
        f"Check --env and --region; {typed.command('list-envs')} shows all.",
    )


def _agreed(screen: Screen, planned: teardown.Plan, command: str, *, yes: bool, terminate_jobs: bool) -> bool:
    """Ask what no option answered; raises UserError where nobody can answer. Ending jobs is a question of its own."""
    unasked = [] if yes else [f"Destroy {planned.environment}?"]
    if planned.jobs and not terminate_jobs:
        unasked.append(f"End {words.count(len(planned.jobs), 'job')}?")
    flags = "--yes" + (" --terminate-jobs" if planned.jobs else "")
    nobody = UserError(
        "nobody is here to answer",
        f"there is no terminal to ask a person: {' '.join(unasked)}",
        f"Look with --plan, and do it with: {typed.command(command)} {flags}",
    )
    return agree(screen, unasked, nobody)
