"""Decide how a compute environment becomes what its definition says: updated in place, or by a successor (pure)."""

from dataclasses import dataclass

from environments.kinds.batch import job_queues, jobs
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.rollout.change import Change
from environments.rollout.obstacles import Obstacle, find_obstacle
from environments.rollout.options import Options
from environments.rollout.situation import Situation, refuse_strangers
from environments.rollout.successor import plan_successor


@dataclass(frozen=True)
class InPlace:
    """An infrastructure update. `strategy` is the allocation strategy afterwards."""

    strategy: str


@dataclass(frozen=True)
class BlueGreen:
    """A successor beside the present compute environment, and why it cannot be updated in place.

    `replaced` and `successor` are names in AWS; `places` are the queues and the position in each, from 1;
    `finishing` is the number of jobs that finish first.
    """

    obstacle: Obstacle
    replaced: str
    successor: str
    places: tuple[tuple[str, int], ...] = ()
    finishing: int = 0


Decision = InPlace | BlueGreen


def decide(change: Change, options: Options, situation: Situation, now: float) -> Decision:
    """Choose the way for changes beyond the scaling fields; `now` in seconds since the epoch.

    Raises UserError where a successor is needed and somebody else's queue holds on to the present compute environment.
    """
    desired, existing = change.desired, change.existing
    obstacle = find_obstacle(change, options, situation, now)
    if obstacle is None:
        return InPlace(desired.fields["allocationStrategy"])
    refuse_strangers(situation.queues, situation.environment, existing)
    return BlueGreen(
        obstacle,
        replaced=existing.aws_name,
        successor=plan_successor(desired, existing).aws_name,
        places=_places(situation, existing),
        finishing=len(jobs.on(situation.placed, [existing.cluster])),
    )


def _places(situation: Situation, existing: ExistingEnvironment) -> tuple[tuple[str, int], ...]:
    return tuple(
        (queue["jobQueueName"], job_queues.order_of(queue).index(existing.id) + 1)
        for queue in situation.queues
        if existing.id in job_queues.order_of(queue)
    )
