"""A task as DescribeTasks shows it: as it was asked for, without what ECS adds for its agent.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html, …/API_Container.html
"""

from typing import Any

from sandbox.ecs.model.records import Fields, Task
from sandbox.ecs.model.tables import Records


def make_definition_arn(records: Records, task: Task) -> str:
    return records.arn("task-definition", f"{task.family}:{task.revision}")


def render(records: Records, task: Task, include: Any = ()) -> Fields:
    """Show a task; `include` may hold TAGS."""
    instance = records.instances[task.instance_arn]
    container = task.asked.container
    return {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "containerInstanceArn": task.instance_arn,
        "taskDefinitionArn": make_definition_arn(records, task),
        "availabilityZone": instance.find_attribute("ecs.availability-zone"),
        "attachments": [],
        "attributes": [{"name": "ecs.cpu-architecture", "value": instance.find_attribute("ecs.cpu-architecture")}],
        "connectivity": "CONNECTED" if instance.agent_connected else "DISCONNECTED",
        "containers": [_render_container(task)],
        "cpu": str(container.get("cpu") or 0),
        "memory": str(task.memory),
        "createdAt": task.created,
        "startedAt": task.started,
        "stoppingAt": task.stopping,
        "stoppedAt": task.stopped,
        "executionStoppedAt": task.execution_stopped,
        "pullStartedAt": task.pull_started,
        "pullStoppedAt": task.pull_stopped,
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "stopCode": task.stop_code or None,
        "stoppedReason": task.reason or None,
        "group": f"family:{task.family}",
        "launchType": "EC2",
        "enableExecuteCommand": False,
        "healthStatus": "UNKNOWN",
        "inferenceAccelerators": [],
        "overrides": {"containerOverrides": [{"name": container["name"]}], "inferenceAcceleratorOverrides": []},
        "startedBy": task.asked.started_by or None,
        "tags": [{"key": k, "value": v} for k, v in task.asked.tags.items()] if "TAGS" in (include or ()) else [],
        "version": task.version,
    }


def _render_container(task: Task) -> Fields:
    state, asked = task.container, task.asked.container
    return {
        "containerArn": task.container_arn,
        "taskArn": task.arn,
        "name": asked["name"],
        "image": asked["image"],
        "imageDigest": state.image_digest or None,
        "runtimeId": state.runtime_id or None,
        "lastStatus": state.last_status,
        "exitCode": state.exit_code,
        "reason": state.reason or None,
        "networkBindings": state.network_bindings,
        "networkInterfaces": [],
        "healthStatus": "UNKNOWN",
        "cpu": str(asked.get("cpu") or 0),
        "memory": str(asked["memory"]) if asked.get("memory") else None,
        "memoryReservation": str(asked["memoryReservation"]) if asked.get("memoryReservation") else None,
        "gpuIds": list(task.gpus) or None,
    }
