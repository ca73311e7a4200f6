"""What an agent should run: the manifest that it is sent, and what it is told to stop where it runs more.

Source: the agent's own protocol (amazon-ecs-agent 1.105), as recorded: an agent with tasks that no manifest lists asks
whether it is to stop them.
"""

from typing import Any

from sandbox.ecs.model.records import ContainerInstance, Fields
from sandbox.world.world import current


def write_milliseconds() -> int:
    """Return the present time as the agent's messages carry it."""
    return int(current().clock.now() * 1000)


def list_tasks(instance: ContainerInstance) -> list[Fields]:
    """List the tasks that the agent should know, and how they should be."""
    return [
        {"taskArn": task.arn, "taskClusterArn": task.cluster_arn, "desiredStatus": task.desired_status}
        for task in instance.live.values()
    ]


def verify_stops(instance: ContainerInstance, candidates: list[Any]) -> Fields:
    """Say which of the tasks that an agent would stop it is to stop: those that do not run there any more."""
    running = {arn for arn, task in instance.live.items() if task.desired_status == "RUNNING"}
    stops = [{**candidate, "desiredStatus": "STOPPED"} for candidate in candidates
             if isinstance(candidate, dict) and candidate.get("taskArn") not in running]  # fmt: skip
    return {"generatedAt": write_milliseconds(), "stopTasks": stops}
