"""What `invoke doctor` does, as a person sees it. Returns exit codes (kiln.errors.Exit)."""

import json
import time
from datetime import datetime
from typing import Any

from cloud.session import Cloud
from environments import definitions
from environments.doctor import checks, gather, one_job, show
from environments.doctor.finding import Finding
from environments.doctor.picture import Picture
from kiln import typed
from kiln.errors import Exit, UserError
from kiln.screen import result


def doctor(
    environment: str, job: str, region: str | None, *, as_json: bool, now: datetime | None = None
) -> int:  # fmt: skip
    """`invoke doctor`: every environment of Kiln's in the region, or one; or one job. `now` is the present (UTC).

    What could not be looked at counts as something to look at: nothing unseen is called healthy.
    """
    cloud, began = Cloud(region), time.monotonic()
    everything = gather.region(cloud, now)
    if job:
        return _job(cloud, everything, job, as_json=as_json)
    name = _name(environment)
    picture = gather.kilns(everything, name)
    if name and not picture.names():
        raise _unknown(cloud, everything, name)
    if not picture.names() and not as_json:
        result(show.nothing(cloud.region))
    picture = gather.fill(cloud, picture)
    found = examined(picture, (name,) if name else picture.names())
    count = len(checks.OF_ENVIRONMENT) + len(checks.OF_REGION)
    if as_json:
        _as_json(show.document(cloud.region, found, picture.unseen, count))
    else:
        result(show.table(found, picture.unseen, count, time.monotonic() - began))
    return Exit.SOMETHING_TO_DO if any(found.values()) or picture.unseen else Exit.DONE


def examined(picture: Picture, names: tuple[str, ...]) -> dict[str, tuple[Finding, ...]]:
    """Environment → findings; under "" what belongs to none."""
    found = {name: checks.run(picture.of(name)) for name in names}
    return found | {"": checks.run(picture, checks.OF_REGION)}


def _job(cloud: Cloud, everything: Picture, job: str, *, as_json: bool) -> int:
    explained = one_job.explain(cloud, everything, job)
    if as_json:
        _as_json(show.job_document(cloud.region, explained))
    else:
        result(show.job(explained))
    return Exit.SOMETHING_TO_DO if explained.finding or explained.picture.unseen else Exit.DONE


def _name(environment: str) -> str:
    """The name that a definition given by path or name has; a name alone is taken as it is."""
    if environment.endswith((".yaml", ".yml")) or "/" in environment:
        return definitions.load(environment).name
    return environment


def _unknown(cloud: Cloud, everything: Picture, name: str) -> UserError:
    known = gather.kilns(everything).names()
    why = f"there are {', '.join(known)}" if known else "no compute environment or queue here carries a tag of Kiln's"
    return UserError(
        f"there is no environment {name} in {cloud.region}", why,
        f"Check --env and --region, or register it: {typed.command(f'register-env --env {name}')}.",
    )  # fmt: skip


def _as_json(document: Any) -> None:
    result(json.dumps(document, indent=1, default=str))
