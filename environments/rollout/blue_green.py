"""One compute environment in the place of another: made beside it, swapped in, and the old one drained and deleted.

What is under way can be read from AWS at any moment: both carry the environment's tag and the definition's name
(kiln:compute-environment), and the newer one by kiln:made is what counts once it is not INVALID. So a run that ended
anywhere is finished by the next. Source: "Performing blue/green updates of compute environments", AWS Batch User Guide.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cloud.session import Cloud
from environments.kinds.batch import compute_request, job_queues, jobs, removal
from environments.kinds.batch import settling as settle
from environments.model import ownership
from environments.model.resource import Desired, Existing
from kiln import typed
from kiln.errors import Interrupted, UserError

_ORDINALS = ("1st", "2nd", "3rd")  # a queue takes three compute environments at most
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Standing:
    """The queues of the region, as Batch describes them, that matter to a roll-out, and the environment's jobs that are
    on machines."""

    queues: tuple[Mapping[str, Any], ...]
    placed: tuple[jobs.Job, ...]


@dataclass(frozen=True)
class Turn:
    """A definition's compute environment from now on (ARN), and those that it takes over from."""

    name: str
    arn: str
    olds: tuple[Existing, ...]
    created: bool
    """By this run, which takes it back when it fails."""

    @property
    def old_arns(self) -> frozenset[str]:
        return frozenset(old.id for old in self.olds)


def look(cloud: Cloud, environment: str) -> Standing:
    """What a roll-out of this environment meets."""
    queues = job_queues.listed(cloud)
    mine = [each["jobQueueName"] for each in queues if ownership.carries(each, environment)]
    return Standing(tuple(queues), tuple(jobs.placed(cloud, mine)))


def own_queues(cloud: Cloud, environment: str) -> list[str]:
    """The names of the environment's queues, by its tag."""
    return [each["jobQueueName"] for each in job_queues.listed(cloud) if ownership.carries(each, environment)]


def refuse_strangers(queues: Sequence[Mapping[str, Any]], environment: str, existing: Existing) -> None:
    """Raises UserError where a queue that is not this environment's uses the compute environment: it could not be
    deleted, and the queue is not Kiln's to change."""
    others = [each for each in queues if not ownership.carries(each, environment)]
    strangers = [each["jobQueueName"] for each in others if existing.id in job_queues.order_of(each)]
    if strangers:
        raise UserError(
            f"the compute environment {existing.extra['name']} cannot go",
            f"the queue {', '.join(strangers)} uses it, and is not {environment}'s",
            f"Take it out of that queue first: aws batch update-job-queue --job-queue {strangers[0]} …",
        )


def stamp(now: str, before: Sequence[Existing]) -> str:
    """When a successor was made, as a tag: now, or later than all before it where somebody's clock is ahead (pure)."""
    stamps = [datetime.strptime(now, _STAMP)]
    for each in before:
        try:
            stamps.append(datetime.strptime(each.tags.get(ownership.MADE, ""), _STAMP) + timedelta(seconds=1))
        except ValueError:  # not Kiln's writing
            continue
    return max(stamps).strftime(_STAMP)


def successor(desired: Desired, existing: Existing) -> Desired:
    """What is to be made beside `found`: under a name that shows when, remembering the AMI before (pure)."""
    made = stamp(desired.tags[ownership.MADE], (existing, *existing.extra["others"]))
    name = f"{desired.name[:110]}-{made.replace('-', '').replace(':', '').replace('T', '-').rstrip('Z')}"
    environment = desired.extra["environment"]
    memory = ownership.memory(existing.tags, environment).moved_to(desired.fields["imageIdOverride"])
    labels = {**desired.tags, ownership.MADE: made, ownership.key(environment): memory.as_tag()}
    return Desired(
        desired.kind, desired.name, desired.fields, labels, exclusive=True, extra={**desired.extra, "name": name}
    )


def told(desired: Desired, existing: Existing, standing: Standing) -> str:
    """A blue/green roll-out in words (pure): `x-2026… replaces x in default (2nd); 3 jobs finish first`."""
    places = [
        f"{each['jobQueueName']} ({_ORDINALS[job_queues.order_of(each).index(existing.id)]})"
        for each in standing.queues
        if existing.id in job_queues.order_of(each)
    ]
    running = jobs.on(standing.placed, [existing.extra["cluster"]])
    text = f"{successor(desired, existing).extra['name']} replaces {existing.extra['name']}"
    text += f" in {' and '.join(places)}" if places else ""
    return text + (f"; {len(running)} job{'s finish' if len(running) > 1 else ' finishes'} first" if running else "")


def create(cloud: Cloud, desired: Desired, existing: Existing) -> str:
    """Make the successor; its ARN. It is not VALID yet."""
    made = cloud.client("batch").create_compute_environment(**compute_request.create(successor(desired, existing)))
    return str(made["computeEnvironmentArn"])


def swap(cloud: Cloud, environment: str, turns: Sequence[Turn]) -> None:
    """In each of the environment's queues, the new ones at the places of the old ones: so there are never more than
    before. What runs on an old one goes on; what waits goes to the new one."""
    successors = {old: turn.arn for turn in turns for old in turn.old_arns}
    for queue in job_queues.listed(cloud) if successors else ():
        if ownership.carries(queue, environment):
            _put(cloud, queue, [successors.get(arn, arn) for arn in job_queues.order_of(queue)])


def _put(cloud: Cloud, queue: Mapping[str, Any], arns: Sequence[str]) -> None:
    after = list(dict.fromkeys(arns))
    if after == job_queues.order_of(queue):
        return
    name = queue["jobQueueName"]
    settle.queues_valid(cloud, [name])
    order = [{"order": n, "computeEnvironment": arn} for n, arn in enumerate(after, 1)]
    cloud.client("batch").update_job_queue(jobQueue=name, computeEnvironmentOrder=order)
    settle.queues_valid(cloud, [name])


@contextmanager
def or_back(cloud: Cloud, environment: str, turns: list[Turn]) -> Iterator[None]:
    """Where the block fails, the queues are as they were, and what this run made is gone. An interrupt leaves all as it
    is: the next run goes on from there."""
    try:
        yield
    except Interrupted as error:
        error.left = resumable(environment)
        raise
    except Exception as error:
        for turn in turns:
            if turn.created:
                _back(cloud, environment, turn)
        if any(turn.created for turn in turns) and isinstance(error, UserError):
            error.left = f"{environment} as it was: the compute environments before serve on"
        raise


def _back(cloud: Cloud, environment: str, turn: Turn) -> None:
    oldest = turn.olds[0]
    for queue in job_queues.listed(cloud):
        if ownership.carries(queue, environment):
            _put(cloud, queue, [oldest.id if arn == turn.arn else arn for arn in job_queues.order_of(queue)])
    removal.environment(cloud, environment, turn.arn.rpartition("/")[2])


def resumable(environment: str) -> str:
    """What is left after Ctrl-C."""
    again = typed.command("register-env")
    return f"the roll-out of {environment} half-way: jobs run on, and the next {again} finishes it"
