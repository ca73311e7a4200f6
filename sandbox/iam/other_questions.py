"""What a call of Batch, ECS, Logs, SSM, KMS or STS must be allowed.

Source: the pages of https://docs.aws.amazon.com/service-authorization/latest/reference/ for each service. Where a role
goes with a call of Batch, iam:PassRole is asked with the service that will take it on: Batch itself, EC2 for instances,
Spot Fleet, and ECS for jobs.
"""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from sandbox.batch import records
from sandbox.iam import tags
from sandbox.iam.policy import Question
from sandbox.iam.requests import Request
from sandbox.world import ACCOUNT

_BATCH_NAMES = {
    "computeEnvironmentName": "compute-environment", "computeEnvironment": "compute-environment",
    "jobQueueName": "job-queue", "jobQueue": "job-queue",
    "jobDefinitionName": "job-definition", "jobDefinition": "job-definition", "jobId": "job",
}  # fmt: skip


def batch(request: Request) -> Iterator[Question]:
    action, asked = f"batch:{request.operation}", False
    looks = request.operation.startswith(("Describe", "List")) and request.operation != "ListTagsForResource"
    own: dict[str, str | None] = dict(tags.as_dict(request.get("tags")))
    own |= dict.fromkeys(request.get("tagKeys") or [])
    keys = tags.requested(own)
    if not looks:
        named = [(kind, request.get(name)) for name, kind in _BATCH_NAMES.items() if request.get(name)]
        for each in request.get("computeEnvironmentOrder") or []:
            named.append(("compute-environment", each.get("computeEnvironment")))
        if request.operation == "SubmitJob":
            named.append(("job", "*"))
        for kind, name in dict.fromkeys(named):
            arn = name if str(name).startswith("arn:") else f"{_prefix(request)}{kind}/{name}"
            yield Question(action, arn, keys | _carried_by_batch(request.region, arn))
            asked = True
        if request.get("resourceArn"):
            arn = str(request.get("resourceArn"))
            yield Question(action, arn, keys | _carried_by_batch(request.region, arn))
            asked = True
    if not asked:
        yield Question(action, "*", keys)
    yield from _passed(request)


def _prefix(request: Request) -> str:
    return f"arn:aws:batch:{request.region}:{ACCOUNT}:"


def _carried_by_batch(region: str, arn: str) -> tags.Keys:
    """aws:ResourceTag of a resource of Batch."""
    found = next((own for _, each, own in records.of(region).tagged() if each == arn), {})
    return tags.carried(found)


def _passed(request: Request) -> Iterator[Question]:
    compute, container = request.get("computeResources") or {}, request.get("containerProperties") or {}
    named = [
        (request.get("serviceRole"), "batch.amazonaws.com"),
        (compute.get("spotIamFleetRole"), "spotfleet.amazonaws.com"),
        (_role_of_profile(compute.get("instanceRole")), "ec2.amazonaws.com"),
        (container.get("jobRoleArn"), "ecs-tasks.amazonaws.com"),
        (container.get("executionRoleArn"), "ecs-tasks.amazonaws.com"),
    ]
    for role, service in named:
        if role:
            arn = role if role.startswith("arn:") else f"arn:aws:iam::{ACCOUNT}:role/{role}"
            yield Question("iam:PassRole", arn, {"iam:passedtoservice": (service,)})


def _role_of_profile(profile: Any) -> str:
    found = iam_backends[ACCOUNT]["aws"].instance_profiles.values()
    roles = [role for each in found if profile in (each.name, each.arn) for role in each.roles]
    return str(roles[0].arn) if roles else ""


def ecs(request: Request) -> Iterator[Question]:
    cluster = str(request.get("cluster") or "default").rpartition("/")[2]
    arn = f"arn:aws:ecs:{request.region}:{ACCOUNT}:"
    if request.operation == "DescribeContainerInstances":
        for each in request.get("containerInstances") or []:
            yield Question(f"ecs:{request.operation}", f"{arn}container-instance/{cluster}/{each.rpartition('/')[2]}")
    elif request.operation in ("ListContainerInstances", "ListTasks"):
        yield Question(f"ecs:{request.operation}", f"{arn}cluster/{cluster}")
    elif request.operation == "DescribeClusters":
        for each in request.get("clusters") or ["default"]:
            yield Question(f"ecs:{request.operation}", f"{arn}cluster/{each.rpartition('/')[2]}")
    else:
        yield Question(f"ecs:{request.operation}")


def logs(request: Request) -> Iterator[Question]:
    name, action = request.get("logGroupName"), f"logs:{request.operation}"
    own: dict[str, str | None] = dict(tags.as_dict(request.get("tags")))
    keys = tags.requested(own | dict.fromkeys(request.get("tagKeys") or []))
    if name:
        yield Question(action, f"arn:aws:logs:{request.region}:{ACCOUNT}:log-group:{name}", keys)
    elif request.get("resourceArn"):
        yield Question(action, str(request.get("resourceArn")), keys)
    else:
        yield Question(action, "*", keys)


def ssm(request: Request) -> Iterator[Question]:
    action = f"ssm:{request.operation}"
    if request.operation.startswith("Describe"):
        yield Question(action)
        return
    names = request.get("Names") or [request.get("Name") or request.get("Path")]
    for each in names:
        # AWS's public parameters belong to no account.
        account = "" if str(each).startswith("/aws/") else ACCOUNT
        yield Question(action, f"arn:aws:ssm:{request.region}:{account}:parameter/{str(each).lstrip('/')}")


def kms(request: Request) -> Iterator[Question]:
    from moto.kms.models import kms_backends

    named, backend = str(request.get("KeyId") or ""), kms_backends[ACCOUNT][request.region]
    if not named:
        yield Question(f"kms:{request.operation}")
        return
    key_id = named
    if "alias/" in named:
        key_id = backend.get_key_id_from_alias(backend.get_alias_name(named)) or ""
    key = backend.keys.get(backend.get_key_id(key_id)) if key_id else None
    arn = key.arn if key else f"arn:aws:kms:{request.region}:{ACCOUNT}:key/{named.rpartition('/')[2]}"
    yield Question(f"kms:{request.operation}", arn, {}, key is not None)


def sts(request: Request) -> Iterator[Question]:
    """GetCallerIdentity and GetSessionToken need no permission (AWS STS API Reference)."""
    if request.operation == "AssumeRole":
        yield Question("sts:AssumeRole", str(request.get("RoleArn")))
