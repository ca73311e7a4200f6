"""A container instance as DescribeContainerInstances shows it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html
"""

from typing import Any

from sandbox.ecs.model.records import ContainerInstance, Fields


def count(instance: ContainerInstance, status: str) -> int:
    """Count the tasks of a container instance that have this status."""
    return sum(task.last_status == status for task in instance.live.values())


def count_remaining(instance: ContainerInstance) -> dict[str, int]:
    """Return what no task of the container instance has taken: CPU, MEMORY (MiB), GPU."""
    live = list(instance.live.values())
    return {
        "CPU": instance.registered.get("CPU", 0) - sum(task.cpu for task in live),
        "MEMORY": instance.registered.get("MEMORY", 0) - sum(task.memory for task in live),
        "GPU": instance.registered.get("GPU", 0) - sum(len(task.gpus) for task in live),
    }


def _list_registered(instance: ContainerInstance) -> list[Fields]:
    gpus = [{"name": "GPU", "type": "STRINGSET", "stringSetValue": list(instance.gpus)}] if instance.gpus else []
    return [*(dict(resource) for resource in instance.resources), *gpus]


def _list_remaining(instance: ContainerInstance) -> list[Fields]:
    left = count_remaining(instance)
    taken = {gpu for task in instance.live.values() for gpu in task.gpus}
    found: list[Fields] = []
    for resource in _list_registered(instance):
        name = resource["name"]
        if name == "GPU":
            resource["stringSetValue"] = [gpu for gpu in instance.gpus if gpu not in taken]
        elif name in left:
            resource["integerValue"] = left[name]
        found.append(resource)
    return found


def render(instance: ContainerInstance, include: Any = ()) -> Fields:
    """Show a container instance; `include` may hold TAGS and CONTAINER_INSTANCE_HEALTH."""
    shown: Fields = {
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.ec2_instance_id,
        "version": instance.version,
        "versionInfo": dict(instance.version_info),
        "remainingResources": _list_remaining(instance),
        "registeredResources": _list_registered(instance),
        "status": instance.status,
        "agentConnected": instance.agent_connected,
        "runningTasksCount": count(instance, "RUNNING"),
        "pendingTasksCount": count(instance, "PENDING"),
        "attributes": [dict(attribute) for attribute in instance.attributes],
        "registeredAt": instance.registered_at,
        "attachments": [],
        "tags": [{"key": k, "value": v} for k, v in instance.tags.items()] if "TAGS" in (include or ()) else [],
    }
    if "CONTAINER_INSTANCE_HEALTH" in (include or ()):
        status = "OK" if instance.agent_connected else "INSUFFICIENT_DATA"
        shown["healthStatus"] = {
            "overallStatus": status,
            "details": [{"type": "CONTAINER_RUNTIME", "status": status}],
        }
    return shown
