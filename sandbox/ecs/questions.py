"""What a call of ECS must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
(resource types, ecs:cluster, ecs:CreateAction). ecs:Poll and ecs:StartTelemetrySession are asked of an agent's web
sockets, with the container instance.
"""

from collections.abc import Iterator
from typing import Any

from moto.core.exceptions import ServiceException

from sandbox.ecs import tags as own_tags
from sandbox.ecs.model import names, tables
from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request

# Operation → the parameter that names its resources, and their type. What is not here has no resources.
_OF_CLUSTERS = {
    "CreateCluster": "clusterName", "DeleteCluster": "cluster", "DescribeClusters": "clusters",
    "ListContainerInstances": "cluster", "RegisterContainerInstance": "cluster",
    "DeregisterContainerInstance": "cluster", "SubmitTaskStateChange": "cluster",
    "SubmitContainerStateChange": "cluster", "SubmitAttachmentStateChanges": "cluster",
}  # fmt: skip
_IN_CLUSTERS = {
    "DescribeContainerInstances": ("containerInstances", "container-instance"),
    "UpdateContainerInstancesState": ("containerInstances", "container-instance"),
    "Poll": ("containerInstance", "container-instance"),
    "StartTelemetrySession": ("containerInstance", "container-instance"),
    "ListTasks": ("containerInstance", "container-instance"),
    "DescribeTasks": ("tasks", "task"),
    "StopTask": ("task", "task"),
}


def ask(request: Request) -> Iterator[Question]:
    operation, action = request.operation, f"ecs:{request.operation}"
    requested = tags.as_dict(request.get("tags"))
    if operation in _OF_CLUSTERS:
        for named in _as_list(request.get(_OF_CLUSTERS[operation])) or [names.DEFAULT]:
            arn = _make_arn(request, "cluster", named)
            yield Question(action, arn, _list_keys(request, arn) | tags.list_requested(requested))
    elif operation in _IN_CLUSTERS:
        parameter, kind = _IN_CLUSTERS[operation]
        cluster = names.read_cluster_name(request.get("cluster"))
        keys = {"ecs:cluster": (_make_arn(request, "cluster", cluster),)}
        for named in _as_list(request.get(parameter)) or ["*"]:
            arn = _make_arn(request, kind, named, f"{cluster}/")
            yield Question(action, arn, keys | _list_keys(request, arn))
    elif operation == "ListTagsForResource":
        arn = str(request.get("resourceArn"))
        yield Question(action, arn, _list_keys(request, arn))
    else:
        yield Question(action)
    if requested and operation in ("CreateCluster", "RegisterContainerInstance"):
        yield _ask_to_tag(request, requested)


def _ask_to_tag(request: Request, requested: dict[str, str]) -> Question:
    """Ask for what tags at creation need besides: ecs:TagResource, of what is created."""
    created = {"ecs:createaction": (request.operation,)}
    cluster = names.read_cluster_name(request.get("clusterName") or request.get("cluster"))
    if request.operation == "CreateCluster":
        arn = _make_arn(request, "cluster", cluster)
    else:
        arn = _make_arn(request, "container-instance", f"{cluster}/*")
    return Question("ecs:TagResource", arn, created | tags.list_requested(requested))


def _make_arn(request: Request, kind: str, named: str, within: str = "") -> str:
    if str(named).startswith("arn:"):
        return str(named)
    return tables.of(request.region).arn(kind, within + str(named))


def _list_keys(request: Request, arn: str) -> tags.Keys:
    """List aws:ResourceTag of a resource; of none where there is no such resource."""
    try:
        return tags.list_carried(own_tags.find_tags(tables.of(request.region), arn))
    except ServiceException:
        return {}


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
