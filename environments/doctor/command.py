"""What `invoke doctor` does, as a person sees it. Returns exit codes (kiln.errors.Exit)."""

import time
from datetime import datetime

from cloud.session import Cloud
from environments.doctor import show
from environments.doctor.checks import one_job
from environments.doctor.checks import run as checks
from environments.doctor.looks import gather
from environments.doctor.picture.picture import Picture
from environments.spec import definitions
from kiln import typed
from kiln.errors import Exit, UserError
from kiln.screen import result, result_as_json


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
    name, picture = _scope(cloud, everything, environment)
    picture = gather.fill(cloud, picture)
    found = {name: checks.run(picture)} if name else {each: checks.run(picture.of(each)) for each in picture.names()}
    found |= {"": checks.run(picture, checks.OF_REGION)}
    count = sum(check.can_look(picture) for check in (*checks.OF_ENVIRONMENT, *checks.OF_REGION))
    if as_json:
        result_as_json(show.document(cloud.region, found, picture.unseen, count))
    else:
        said = show.table(found, picture.unseen, count, time.monotonic() - began)
        result(said if len(found) > 1 else f"{show.nothing(cloud.region)}\n{said}".rstrip())
    return Exit.SOMETHING_TO_DO if any(found.values()) or picture.unseen else Exit.DONE


def _scope(cloud: Cloud, everything: Picture, environment: str) -> tuple[str, Picture]:
    """The environment's name ("": all) and what is its own; raises UserError where nothing of it is there."""
    if not environment:
        return "", gather.kilns(everything)
    spec = definitions.find(environment)
    name = spec.name if spec else environment
    picture = gather.one(everything, name, spec)
    if picture.environments or picture.queues:
        return name, picture
    known = gather.kilns(everything).names()
    raise UserError(
        f"there is no environment {name} in {cloud.region}",
        f"there are {', '.join(known)}" if known else "no compute environment or queue here carries a tag of Kiln's",
        f"Check --env and --region, or register it: {typed.command(f'register-env --env {environment}')}.",
    )


def _job(cloud: Cloud, everything: Picture, job: str, *, as_json: bool) -> int:
    explained = one_job.explain(cloud, everything, job)
    if as_json:
        result_as_json(show.job_document(cloud.region, explained))
    else:
        result(show.job(explained))
    return Exit.SOMETHING_TO_DO if explained.finding or explained.picture.unseen else Exit.DONE
