"""Tasks: shown, listed, stopped; and the task definitions that they were started from.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html, …/API_ListTasks.html
(desiredStatus: RUNNING unless asked; startedBy "must be the only filter that you use"; ServiceNotFoundException: there
are no services here), …/API_StopTask.html, …/API_DescribeTaskDefinition.html ("family for the latest ACTIVE revision,
family and revision, or full ARN")
"""

from sandbox.ecs.model import names
from sandbox.ecs.model.caller import Caller
from sandbox.ecs.model.errors import ClientException, InvalidParameterException, ServiceNotFoundException
from sandbox.ecs.model.records import Fields, Task
from sandbox.ecs.model.tables import Records
from sandbox.ecs.tasks import stopping, views

_AT_ONCE = 100
_OTHER_FILTERS = ("containerInstance", "family", "serviceName", "daemonName", "desiredStatus", "launchType")


def describe(records: Records, request: Fields, _: Caller) -> Fields:
    cluster = names.find_cluster(records, request.get("cluster"))
    if not 1 <= len(request["tasks"]) <= _AT_ONCE:
        raise InvalidParameterException("Tasks cannot be empty, and at most 100 are described at once.")
    shown, failures = [], []
    for named in request["tasks"]:
        task = names.find_task(records, cluster, named)
        if task is None:
            arn = named if named.startswith("arn:") else records.arn("task", f"{cluster.name}/{named}")
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            shown.append(views.render(records, task, request.get("include")))
    return {"tasks": shown, "failures": failures}


def list_tasks(records: Records, request: Fields, _: Caller) -> Fields:
    cluster = names.find_cluster(records, request.get("cluster"))
    on = request.get("containerInstance")
    instance = names.get_instance(records, cluster, on) if on else None
    if request.get("startedBy") and any(request.get(name) for name in _OTHER_FILTERS):
        raise InvalidParameterException("startedBy must be the only filter when it is specified.")
    if request.get("serviceName"):
        raise ServiceNotFoundException("Service not found.")
    if request.get("daemonName"):
        raise NotImplementedError("ListTasks of a daemon")
    if request.get("launchType", "EC2") != "EC2":
        return {"taskArns": []}
    desired = request.get("desiredStatus", "RUNNING")

    def is_asked_for(task: Task) -> bool:
        return (
            task.cluster_arn == cluster.arn
            and task.desired_status == desired
            and (instance is None or task.instance_arn == instance.arn)
            and request.get("family") in (None, task.family)
            and request.get("startedBy") in (None, task.asked.started_by)
        )

    return {"taskArns": [task.arn for task in records.tasks.values() if is_asked_for(task)]}


def stop(records: Records, request: Fields, _: Caller) -> Fields:
    cluster = names.find_cluster(records, request.get("cluster"))
    task = names.find_task(records, cluster, request["task"])
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    stopping.ask(records, task, request.get("reason") or "Task stopped by user", "UserInitiated")
    return {"task": views.render(records, task)}


def describe_definition(records: Records, request: Fields, _: Caller) -> Fields:
    named = str(request["taskDefinition"]).rpartition("/")[2]
    known = {arn: d for arn, d in records.definitions.items() if named in (d["family"], arn.rpartition("/")[2])}
    if not known:
        raise ClientException("Unable to describe task definition.")
    return {"taskDefinition": max(known.values(), key=lambda definition: int(definition["revision"])), "tags": []}
