"""ecsProperties: a job's task in ECS's own words, here with one container. It is kept as containerProperties would be.

Sources: https://docs.aws.amazon.com/batch/latest/APIReference/API_EcsProperties.html ("currently limited to one task
element"), …/API_EcsTaskProperties.html (taskRoleArn is "comparable to ContainerProperties:jobRoleArn"),
…/API_TaskContainerProperties.html (stopTimeout: at least 2 seconds), …/API_EcsPropertiesOverride.html
"""

from sandbox.batch.model.errors import executing
from sandbox.batch.model.job import Fields

_OF_TASK = {"volumes": "volumes", "taskRoleArn": "jobRoleArn", "executionRoleArn": "executionRoleArn"}
_OTHERS_OF_TASK = (
    "ephemeralStorage", "platformVersion", "ipcMode", "pidMode", "networkConfiguration", "runtimePlatform",
    "enableExecuteCommand", "networkMode",
)  # fmt: skip
_OTHERS_OF_CONTAINER = ("dependsOn", "firelensConfiguration")
_LEAST_TIMEOUT = 2  # seconds
_NAME = "default"


def read_container(properties: Fields) -> Fields:
    """Read the container of ecsProperties, and what belongs to its task, as containerProperties name it."""
    tasks = properties["taskProperties"]
    if len(tasks) != 1:
        raise executing("ecsProperties: taskProperties must have exactly one element.")
    task = tasks[0]
    if len(task["containers"]) != 1:
        raise NotImplementedError("jobs of several containers")
    container = task["containers"][0]
    for name, given in (*((name, task) for name in _OTHERS_OF_TASK), *((n, container) for n in _OTHERS_OF_CONTAINER)):
        if given.get(name):
            raise NotImplementedError(f"ecsProperties with {name}")
    if container.get("essential") is False:
        raise executing("ecsProperties: at least one container must be essential.")
    for name in ("startTimeout", "stopTimeout"):
        if container.get(name, _LEAST_TIMEOUT) < _LEAST_TIMEOUT:
            raise executing(f"ecsProperties: {name} must be at least {_LEAST_TIMEOUT}.")
    own = {name: value for name, value in container.items() if name != "essential"}
    return {"name": _NAME, **own, **{_OF_TASK[name]: task[name] for name in _OF_TASK if name in task}}


def read_override(container: Fields, override: Fields) -> Fields:
    """Read what ecsPropertiesOverride changes of that container, as containerOverrides name it."""
    tasks = override.get("taskProperties") or []
    containers = [changed for task in tasks for changed in task.get("containers") or []]
    if len(tasks) > 1 or len(containers) > 1:
        raise executing("ecsPropertiesOverride: only one task with one container can be overridden.")
    for changed in containers:
        if changed.get("name", container["name"]) != container["name"]:
            raise executing(f"ecsPropertiesOverride: container {changed['name']} does not exist.")
        return {name: value for name, value in changed.items() if name != "name"}
    return {}


def render_task(container: Fields, own: Fields, place: Fields) -> Fields:
    """Show a container as EcsTaskDetails: `own` is what has become of it, `place` of its task."""
    of_task = {name: container[known] for name, known in _OF_TASK.items() if container.get(known)}
    plain = {name: value for name, value in container.items() if name not in _OF_TASK.values()}
    return {"containers": [{**plain, "essential": True, **own}], **of_task, **place}
