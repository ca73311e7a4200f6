"""Job queues: on, pointing at something that is on, and head jobs where they are not interrupted."""

from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.facts.compute_environments import Described, is_spot, name_of
from environments.doctor.facts.picture import Picture
from environments.kinds.batch.job_queues import order_of


def check_head_jobs(picture: Picture) -> Iterator[Finding]:
    """Find queues for head jobs (`head`, or so named) with Spot in them: an interruption ends a whole workflow."""
    for queue in picture.scope.queues:
        name = str(queue["jobQueueName"])
        environments = picture.scope.members(queue["jobQueueArn"])
        spot = [name_of(environment) for environment in environments if is_spot(environment)]
        if spot and "head" in name.lower().replace("_", "-").split("-"):
            yield error(
                f"the queue {name} sends head jobs to Spot: {', '.join(spot)}",
                "a head job that loses its machine ends its whole workflow",
                f"give {name} only On-Demand compute environments, then {picture.scope.register_command}",
                name,
            )


def check_states(picture: Picture) -> Iterator[Finding]:
    """Find queues that are DISABLED or INVALID, and compute environments of queues that are DISABLED."""
    in_use = {arn for queue in picture.scope.queues for arn in order_of(queue)}
    for queue in picture.scope.queues:
        name, register = str(queue["jobQueueName"]), picture.scope.register_command
        if queue.get("status") == "INVALID":
            yield error(f"the queue {name} is INVALID", str(queue.get("statusReason") or ""), register, name)
        if queue.get("state") == "DISABLED":
            yield error(f"the queue {name} is DISABLED", "it takes no jobs", _enable("job-queue", name), name)
    for environment in picture.scope.environments:
        if _is_disabled(environment) and environment["computeEnvironmentArn"] in in_use:
            yield _disabled(picture, environment)


def _disabled(picture: Picture, environment: Described) -> Finding:
    """An error where it leaves a queue with nothing that is on."""
    name = name_of(environment)
    stuck = [
        str(queue["jobQueueName"])
        for queue in picture.scope.queues
        if environment["computeEnvironmentArn"] in order_of(queue)
        and all(map(_is_disabled, picture.scope.members(queue["jobQueueArn"])))
    ]
    what, fix = f"compute environment {name} is DISABLED", _enable("compute-environment", name)
    if stuck:
        return error(what, f"the queue {', '.join(stuck)} has no other that is ENABLED", fix, name)
    return warning(what, "no new machine starts in it; its queues use their other compute environments", fix, name)


def _is_disabled(environment: Described) -> bool:
    return environment.get("state") == "DISABLED"


def _enable(kind: str, name: str) -> str:
    return f"aws batch update-{kind} --{kind} {name} --state ENABLED"
