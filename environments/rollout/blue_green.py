"""Replace a compute environment by a successor: make it, swap it into the queues, then drain and delete the old.

What is under way can be read from AWS at any moment: both carry the environment's tag and the definition's name
(kiln:compute-environment), and the newer one by kiln:made is what counts once it is not INVALID. So a run that ended
anywhere is finished by the next. Source: "Performing blue/green updates of compute environments", AWS Batch User Guide.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cloud.session import Cloud
from environments.kinds.batch import compute_request, deletion, job_queues, waiting
from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.rollout.situation import Queue
from environments.rollout.successor import plan_successor
from kiln import typed
from kiln.errors import Interrupted, UserError


@dataclass(frozen=True)
class Turn:
    """A definition's compute environment from now on (ARN), and those that it takes over from."""

    name: str
    arn: str
    olds: tuple[ExistingEnvironment, ...]
    created: bool
    """By this run, which takes it back when it fails."""


def create(cloud: Cloud, desired: DesiredEnvironment, existing: ExistingEnvironment) -> str:
    """Make the successor of `existing`; returns its ARN. It is not VALID yet."""
    made = cloud.client("batch").create_compute_environment(**compute_request.create(plan_successor(desired, existing)))
    return str(made["computeEnvironmentArn"])


def list_affected(queues: Sequence[Queue], names: Sequence[str], turns: Sequence[Turn]) -> list[str]:
    """List those of the queues `names` that use a compute environment which is taken over from (pure)."""
    olds = {old.id for turn in turns for old in turn.olds}
    affected = [queue["jobQueueName"] for queue in queues if olds.intersection(job_queues.order_of(queue))]
    return [name for name in affected if name in names]


def swap(cloud: Cloud, queues: Sequence[str], turns: Sequence[Turn]) -> None:
    """Put the new compute environments at the places of the old ones: a queue never has more than before.

    What runs on an old one goes on; what waits goes to the new one. Where AWS Batch refuses, the queues are put back.
    """
    try:
        _rearrange(cloud, queues, {old.id: turn.arn for turn in turns for old in turn.olds})
    except Exception:
        _rearrange(cloud, queues, {turn.arn: turn.olds[0].id for turn in turns if turn.created})
        raise


def _rearrange(cloud: Cloud, queues: Sequence[str], replacements: Mapping[str, str]) -> None:
    """Replace ARNs in the orders of these queues, as they are now; what needs no change is not touched."""
    changed = []
    for name, queue in waiting.queues_valid(cloud, queues).items():
        before = job_queues.order_of(queue)
        after = list(dict.fromkeys(replacements.get(arn, arn) for arn in before))
        if after != before:
            order = [{"order": n, "computeEnvironment": arn} for n, arn in enumerate(after, 1)]
            cloud.client("batch").update_job_queue(jobQueue=name, computeEnvironmentOrder=order)
            changed.append(name)
    waiting.queues_valid(cloud, changed)


@contextmanager
def take_back_on_failure(cloud: Cloud, environment: str, turns: list[Turn]) -> Iterator[None]:
    """Delete the successors that this run made where the block fails; `swap` has put the queues back by then.

    An interrupt leaves all as it is: the next run goes on from there.
    """
    try:
        yield
    except Interrupted as error:
        error.left = describe_interruption(environment)
        raise
    except Exception as error:
        created = [turn for turn in turns if turn.created]
        for turn in created:
            deletion.delete_environment(cloud, environment, turn.arn.rpartition("/")[2])
        if created and isinstance(error, UserError):
            error.left = f"{environment} is as it was: its old compute environments still serve it"
        raise


def describe_interruption(environment: str) -> str:
    """Say what is left after Ctrl-C."""
    again = typed.command(f"register-env --env {environment}")
    return f"the roll-out of {environment} is half done: jobs run on, and the next {again} finishes it"
