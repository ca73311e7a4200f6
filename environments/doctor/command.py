"""What `invoke doctor` does, as a person sees it. Returns exit codes (kiln.errors.Exit)."""

import time
from dataclasses import replace
from datetime import datetime

from cloud.session import Cloud
from environments.doctor import job as jobs
from environments.doctor import show
from environments.doctor.checks import run as checks
from environments.doctor.facts.scope import Scope
from environments.doctor.looks.gather import describe_region, gather
from environments.spec import definitions
from kiln.errors import Exit, UserError
from kiln.screen import print_json, print_result


def doctor(
    environment: str, job: str, region: str | None, *, as_json: bool, now: datetime | None = None
) -> int:  # fmt: skip
    """Examine every environment of Kiln's in the region, or a named one, or a job. `now` is the present (UTC).

    What could not be looked at counts as something to do: nothing unseen is called healthy.
    """
    cloud, began = Cloud(region), time.monotonic()
    scope = describe_region(cloud, now)
    if job:
        return _job(cloud, scope, job, as_json=as_json)
    picture = gather(cloud, _select(cloud.region, scope, environment))
    name = picture.scope.name
    findings = {
        env: checks.run(picture if name else picture.of(env)) for env in ([name] if name else picture.scope.names())
    }
    findings |= {"": checks.run(picture, checks.OF_REGION)}
    unseen = picture.not_checked
    count = sum(check.can_run(picture) for check in (*checks.OF_ENVIRONMENT, *checks.OF_REGION))
    if as_json:
        print_json(show.make_document(cloud.region, findings, unseen, count))
    else:
        table = show.render_table(findings, unseen, count, time.monotonic() - began)
        print_result(table if len(findings) > 1 else f"{show.render_nothing(cloud.region)}\n{table}".rstrip())
    return Exit.SOMETHING_TO_DO if any(findings.values()) or unseen else Exit.DONE


def _select(region: str, scope: Scope, environment: str) -> Scope:
    """What is the environment's own ("": all of Kiln's); raises UserError where nothing of it exists."""
    if not environment:
        own = scope.of_kiln()
        return replace(own, definitions={name: spec for name in own.names() if (spec := definitions.find(name))})
    spec = definitions.find(environment)
    name = spec.name if spec else environment
    selected = scope.of(name, spec.compute_environments, spec.queues) if spec else scope.of(name)
    selected = replace(selected, definitions={name: spec} if spec else {})
    if selected.environments or selected.queues:
        return selected
    names = ", ".join(scope.names())
    raise UserError(
        f"there is no environment {name} in {region}",
        f"Kiln's environments there: {names}" if names else "no compute environment or queue there has a tag of Kiln's",
        f"Check --env and --region. {definitions.suggest_registering(environment)}".rstrip(),
    )


def _job(cloud: Cloud, scope: Scope, job: str, *, as_json: bool) -> int:
    explanation = jobs.explain(cloud, scope, job)
    if as_json:
        print_json(show.make_job_document(cloud.region, explanation))
    else:
        print_result(show.render_job(explanation))
    return Exit.SOMETHING_TO_DO if explanation.finding or explanation.unseen else Exit.DONE
