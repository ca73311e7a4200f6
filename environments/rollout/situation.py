"""What a roll-out meets in AWS Batch: the region's job queues, and the environment's jobs that are on machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from environments.kinds.batch import job_queues
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.batch.jobs import Job
from environments.model import ownership
from kiln.errors import UserError

Queue = Mapping[str, Any]  # as DescribeJobQueues has it


@dataclass(frozen=True)
class Situation:
    """`queues` are all of the region; `placed` the jobs of the environment's own queues that are on machines.

    Both are as they were when the plan was made.
    """

    environment: str
    queues: tuple[Queue, ...] = ()
    placed: tuple[Job, ...] = ()


def list_own_queues(queues: Sequence[Queue], environment: str) -> list[str]:
    """List the names of the environment's queues, by its tag (pure)."""
    return [queue["jobQueueName"] for queue in queues if ownership.carries(queue, environment)]


def refuse_strangers(queues: Sequence[Queue], environment: str, existing: ExistingEnvironment) -> None:
    """Raise UserError where a queue of somebody else uses the compute environment (pure).

    It could not be deleted, and the queue is not Kiln's to change.
    """
    others = [queue for queue in queues if not ownership.carries(queue, environment)]
    strangers = [queue for queue in others if existing.id in job_queues.order_of(queue)]
    if strangers:
        names = ", ".join(queue["jobQueueName"] for queue in strangers)
        raise UserError(
            f"the compute environment {existing.aws_name} cannot be deleted",
            f"the queue {names} uses it, and is not {environment}'s",
            "\n".join(_write_way_out(queue, existing.id) for queue in strangers),
        )


def _write_way_out(queue: Queue, arn: str) -> str:
    """Write how a compute environment comes out of a queue, which AWS Batch lets have no fewer than one."""
    name, others = queue["jobQueueName"], [other for other in job_queues.order_of(queue) if other != arn]
    if not others:
        return f"Put another compute environment into the queue {name} first, or delete it: it has no other."
    order = " ".join(f"order={place},computeEnvironment={other}" for place, other in enumerate(others, 1))
    command = f"aws batch update-job-queue --job-queue {name} --compute-environment-order {order}"
    return f"Take it out of that queue first: {command}"
