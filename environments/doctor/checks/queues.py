"""Job queues: on, pointing at something that is on, and head jobs where they are not interrupted."""

from collections.abc import Iterator

from environments.doctor.picture.described import Described, is_spot, name_of
from environments.doctor.picture.finding import Finding, error, warning
from environments.doctor.picture.picture import Picture
from environments.kinds.batch.job_queues import order_of


def head_on_spot(picture: Picture) -> Iterator[Finding]:
    """A queue for head jobs (`head`, or so named) with Spot in it: one reclaim ends a whole workflow."""
    for queue in picture.queues:
        name = str(queue["jobQueueName"])
        spot = [name_of(each) for each in picture.of_queue(queue["jobQueueArn"]) if is_spot(each)]
        if spot and "head" in name.lower().replace("_", "-").split("-"):
            yield error(
                f"the queue {name} sends head jobs to Spot: {', '.join(spot)}",
                "a head job that loses its machine ends its whole workflow",
                f"give {name} On-Demand environments alone, then {picture.again}",
                name,
            )


def switched_off(picture: Picture) -> Iterator[Finding]:
    """Queues and environments in use that are DISABLED, and queues that AWS Batch calls INVALID."""
    in_use = {arn for queue in picture.queues for arn in order_of(queue)}
    for queue in picture.queues:
        name = str(queue["jobQueueName"])
        if queue.get("status") == "INVALID":
            yield error(f"the queue {name} is INVALID", str(queue.get("statusReason") or ""), picture.again, name)
        if queue.get("state") == "DISABLED":
            yield error(f"the queue {name} is DISABLED", "it takes no jobs", _enable("job-queue", name), name)
    for each in picture.environments:
        if each.get("state") == "DISABLED" and each["computeEnvironmentArn"] in in_use:
            yield _disabled(picture, each)


def _disabled(picture: Picture, each: Described) -> Finding:
    """An error where it leaves a queue with nothing that is on."""
    name = name_of(each)
    stuck = [
        str(queue["jobQueueName"])
        for queue in picture.queues
        if each["computeEnvironmentArn"] in order_of(queue)
        and all(one.get("state") == "DISABLED" for one in picture.of_queue(queue["jobQueueArn"]))
    ]
    what, fix = f"compute environment {name} is DISABLED", _enable("compute-environment", name)
    if stuck:
        return error(what, f"the queue {', '.join(stuck)} has nothing else", fix, name)
    return warning(what, "no new machine starts in it; its queues go on with others", fix, name)


def _enable(kind: str, name: str) -> str:
    return f"aws batch update-{kind} --{kind} {name} --state ENABLED"
