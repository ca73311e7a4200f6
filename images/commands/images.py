"""What each image task does, as a person sees it. Returns exit codes (kiln.errors.Exit)."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from cloud.session import Cloud
from images import build as builds
from images import clean as cleaning
from images.amis import catalogue
from images.builder.keep import OnError
from images.builder.permissions import may_build
from images.commands import show
from images.plan import plan as plans
from images.record.report import Report
from images.spec import definitions
from kiln import typed, words
from kiln.errors import Exit, UserError, note_left
from kiln.journal import Journal
from kiln.screen import Screen, result, result_as_json

BUILDS = Path("builds")  # below the current folder: what a build leaves for people and CI


def build(image: str, region: str | None, *, plan: bool, force: bool, on_error: str, test: bool, as_json: bool) -> int:
    """`invoke build-ami`."""
    began = time.monotonic()
    options = builds.Options(on_error=_choice(on_error), test=test)
    spec = definitions.load(image)
    screen = Screen()
    cloud = Cloud(region)
    with screen.step("preflight") as line:
        planned = plans.prepare(cloud, spec, BUILDS)
        up_to_date = planned.existing is not None and not force
        if not up_to_date:
            may_build(cloud, planned)
        line.note = show.preflight_note(planned)
    if not up_to_date:
        screen.say(show.header(cloud, planned))
    if plan:
        if as_json:
            result_as_json(show.plan_document(cloud, planned, up_to_date=up_to_date))
        else:
            result(show.up_to_date(planned) if up_to_date else show.plan_text(planned))
        return Exit.DONE if up_to_date else Exit.SOMETHING_TO_DO
    if planned.existing is not None and up_to_date:
        if as_json:
            result_as_json(
                {"ami": planned.existing.id, "status": planned.existing.status, "key": planned.key, "built": False}
            )
        else:
            result(show.up_to_date(planned))
        return Exit.DONE
    with _reported(screen, planned.folder, planned.build_id, planned.key) as report:
        built = builds.build_ami(cloud, planned, options, report)
    if as_json:
        result_as_json(
            {"ami": built.ami, "status": built.status, "key": planned.key, "built": True, "manifest": built.manifest}
        )
    else:
        result(show.built(cloud, planned, built, time.monotonic() - began))
    return Exit.DONE


def _choice(on_error: str) -> OnError:
    if on_error not in get_args(OnError):
        raise UserError(f"--on-error {on_error} is no choice", hint=f"One of: {', '.join(get_args(OnError))}.")
    return on_error  # type: ignore[return-value]  # the line above is what narrows it


@contextmanager
def _reported(screen: Screen, folder: Path, build_id: str, key: str) -> Iterator[Report]:
    """A report with its journal; an error that passes learns where the log is and what was left."""
    journal = Journal(folder)
    journal.started(build_id, key)
    report = Report(screen, journal)
    try:
        yield report
    except BaseException as error:
        journal.event("failed", error=str(error))
        note_left(error, show.left(report, journal.log_path))
        raise
    finally:
        journal.close()


def test(ami: str, image: str | None, region: str | None, *, on_error: str, as_json: bool) -> int:
    """`invoke test-ami`."""
    from images import testing

    cloud = Cloud(region)
    planned, described = testing.prepare(cloud, ami, image, BUILDS)
    screen = Screen()
    with _reported(screen, planned.folder, planned.build_id, planned.key) as report:
        accepted = testing.run(cloud, planned, described, report, _choice(on_error))
    if as_json:
        result_as_json(
            {
                "ami": ami,
                "checks": [proof.__dict__ for proof in accepted.proofs],
                "versions": accepted.facts.software,
                "packages": accepted.facts.packages,
            }
        )
    else:
        result(f"✓ {ami} passes {words.count(len(accepted.proofs), 'check')} of {planned.spec.name}   {report.total()}")
    return Exit.DONE


def list_amis(region: str | None, *, as_json: bool) -> int:
    """`invoke list-amis`."""
    found = catalogue.entries(Cloud(region))
    if as_json:
        result_as_json([{key: value for key, value in vars(entry).items() if key != "inputs"} for entry in found])
    elif not found:
        result(f"Kiln has made no AMI in this account and region yet. Try {typed.command('build-ami')}.")
    else:
        result(show.table(found, datetime.now(UTC)))
    return Exit.DONE


def clean(region: str | None, *, apply: bool, as_json: bool) -> int:
    """`invoke clean`."""
    found = cleaning.find(Cloud(region), BUILDS)
    failed: list[tuple[cleaning.Leftover, str]] = []
    for each in found if apply else ():
        try:
            each.remove()
        except Exception as error:
            failed.append((each, str(error)))
    if as_json:
        result_as_json(
            [
                {
                    "kind": e.kind,
                    "id": e.id,
                    "build": e.build,
                    "why": e.why,
                    "removed": apply and e not in [f for f, _ in failed],
                }
                for e in found
            ]
        )
    else:
        result(show.leftovers(found, failed, applied=apply))
    if failed:
        return Exit.USER_ERROR
    return Exit.SOMETHING_TO_DO if found and not apply else Exit.DONE


def ssh(instance: str) -> int:
    """`invoke ssh`: becomes ssh(1), which knows the kept builder's host key and nothing of the user's own."""
    for path in sorted(BUILDS.glob("*/*/kept.json")):
        kept = json.loads(path.read_text())
        if kept["instance"] == instance:
            os.execvp("ssh", show.ssh_command(path.parent, kept))
    raise UserError(
        f"{instance} is no kept builder",
        f"no {BUILDS}/*/*/kept.json names it",
        f"{typed.command('build-ami --on-error keep')} leaves the builder of a failed build standing.",
    )
