"""A task as its agent's payload carries it: to be run, or to be stopped."""

import base64

from sandbox.ecs.model.records import ContainerInstance, Fields, Task
from sandbox.ecs.payloads import credentials
from sandbox.ecs.payloads.container import make_container
from sandbox.world.world import ACCOUNT


def make_task(task: Task, instance: ContainerInstance, region: str, endpoint: str) -> Fields:
    """Make the task of a payload. To stop it, its ARN and desired status suffice; the rest goes all the same."""
    made: Fields = {
        "arn": task.arn,
        "desiredStatus": task.desired_status,
        "family": task.family,
        "version": str(task.revision),
        "overrides": "{}",
        "taskClusterArn": task.cluster_arn,
        "taskDefinitionAccountId": ACCOUNT,
        "launchType": "EC2",
        "volumes": [_make_volume(volume) for volume in task.asked.volumes],
        "containers": [make_container(task, instance, region, endpoint)],
    }
    if task.gpus:
        made["associations"] = [_make_association(gpu, task.asked.container["name"]) for gpu in task.gpus]
    for kind, given in task.credentials.items():
        made[credentials.MEMBERS[kind]] = credentials.render(given)
    return made


def _make_volume(volume: Fields) -> Fields:
    if volume.get("efsVolumeConfiguration"):
        return {"name": volume["name"], "type": "efs", "efsVolumeConfiguration": volume["efsVolumeConfiguration"]}
    if volume.get("dockerVolumeConfiguration"):
        docker = volume["dockerVolumeConfiguration"]
        return {"name": volume["name"], "type": "docker", "dockerVolumeConfiguration": docker}
    return {"name": volume["name"], "type": "host", "host": dict(volume.get("host") or {})}


def _make_association(gpu: str, container: str) -> Fields:
    content = {"encoding": "base64", "value": base64.b64encode(b"").decode()}
    return {"name": gpu, "type": "gpu", "content": content, "containers": [container]}
