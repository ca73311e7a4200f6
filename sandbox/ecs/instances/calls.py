"""Container instances: shown, listed, drained, deregistered.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html,
…/API_ListContainerInstances.html, …/API_UpdateContainerInstancesState.html, …/API_DeregisterContainerInstance.html
"""

from sandbox.ecs.instances import filters, losing, views
from sandbox.ecs.model import names
from sandbox.ecs.model.caller import Caller, check_instance
from sandbox.ecs.model.errors import InvalidParameterException
from sandbox.ecs.model.records import Fields
from sandbox.ecs.model.tables import Records

_AT_ONCE, _AT_ONCE_CHANGED = 100, 10


def describe(records: Records, request: Fields, _: Caller) -> Fields:
    cluster = names.find_cluster(records, request.get("cluster"))
    if not 1 <= len(request["containerInstances"]) <= _AT_ONCE:
        raise InvalidParameterException("Container instances cannot be empty, and at most 100 are described at once.")
    shown, failures = [], []
    for named in request["containerInstances"]:
        instance = names.find_instance(records, cluster, named)
        if instance is None:
            failures.append(_miss(records, cluster.name, named))
        else:
            shown.append(views.render(instance, request.get("include")))
    return {"containerInstances": shown, "failures": failures}


def _miss(records: Records, cluster: str, named: str) -> Fields:
    arn = named if named.startswith("arn:") else records.arn("container-instance", f"{cluster}/{named}")
    return {"arn": arn, "reason": "MISSING"}


def list_instances(records: Records, request: Fields, _: Caller) -> Fields:
    """List ARNs: those that are ACTIVE or DRAINING, or those of the status and the filter that are asked for."""
    cluster = names.find_cluster(records, request.get("cluster"))
    statuses = [request["status"]] if request.get("status") else ["ACTIVE", "DRAINING"]
    holds = filters.compile_for(request.get("filter"))
    known = [i for i in records.instances.values() if i.cluster_arn == cluster.arn and i.status in statuses]
    return {"containerInstanceArns": [instance.arn for instance in known if holds(instance)]}


def update_state(records: Records, request: Fields, caller: Caller) -> Fields:
    """Let container instances be DRAINING, or ACTIVE again: an agent does so for its own at the notice of its end."""
    cluster, status = names.find_cluster(records, request.get("cluster")), request["status"]
    if status not in ("ACTIVE", "DRAINING"):
        raise InvalidParameterException(f"Container instances can be ACTIVE or DRAINING, not {status}.")
    if not 1 <= len(request["containerInstances"]) <= _AT_ONCE_CHANGED:
        raise InvalidParameterException("Between 1 and 10 container instances are changed at once.")
    shown, failures = [], []
    for named in request["containerInstances"]:
        instance = names.find_instance(records, cluster, named)
        if instance is None or instance.status == "INACTIVE":
            failures.append(_miss(records, cluster.name, named))
            continue
        check_instance(caller, instance, "UpdateContainerInstancesState")
        if instance.status != status:
            instance.status = status
            records.tell_instance(instance)
        shown.append(views.render(instance))
    return {"containerInstances": shown, "failures": failures}


def deregister(records: Records, request: Fields, caller: Caller) -> Fields:
    cluster = names.find_cluster(records, request.get("cluster"))
    instance = names.get_instance(records, cluster, request["containerInstance"])
    check_instance(caller, instance, "DeregisterContainerInstance")
    if instance.live and not request.get("force"):
        raise InvalidParameterException("Found running tasks on the instance.")
    losing.deregister(records, instance, losing.FORCED)
    return {"containerInstance": views.render(instance)}
