"""What a call of Batch must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html.
Where a role goes with a call of Batch, iam:PassRole is asked with the service that will take it on: Batch itself, EC2
for instances, Spot Fleet, and ECS for jobs.
"""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from sandbox.batch.model import records
from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT

_NAMES = {
    "computeEnvironmentName": "compute-environment", "computeEnvironment": "compute-environment",
    "jobQueueName": "job-queue", "jobQueue": "job-queue",
    "jobDefinitionName": "job-definition", "jobDefinition": "job-definition", "jobId": "job",
}  # fmt: skip
# What carries tags from its first moment is tagged in the same call, and that must be allowed too.
_MAKES = {
    "CreateComputeEnvironment": ("compute-environment", "computeEnvironmentName"),
    "CreateJobQueue": ("job-queue", "jobQueueName"),
    "RegisterJobDefinition": ("job-definition", "jobDefinitionName"),
    "SubmitJob": ("job", "jobId"),
}


def ask(request: Request) -> Iterator[Question]:
    action, asked = f"batch:{request.operation}", False
    looks = request.operation.startswith(("Describe", "List")) and request.operation != "ListTagsForResource"
    own: dict[str, str | None] = dict(tags.as_dict(request.get("tags")))
    own |= dict.fromkeys(request.get("tagKeys") or [])
    keys = tags.list_requested(own)
    if not looks:
        named = [(kind, request.get(name)) for name, kind in _NAMES.items() if request.get(name)]
        for entry in request.get("computeEnvironmentOrder") or []:
            named.append(("compute-environment", entry.get("computeEnvironment")))
        if request.operation == "SubmitJob":
            named.append(("job", "*"))
        for kind, name in dict.fromkeys(named):
            arn = name if str(name).startswith("arn:") else f"{_make_prefix(request)}{kind}/{name}"
            yield Question(action, arn, keys | _list_tag_keys(request.region, arn))
            asked = True
        if request.get("resourceArn"):
            arn = str(request.get("resourceArn"))
            yield Question(action, arn, keys | _list_tag_keys(request.region, arn))
            asked = True
    if not asked:
        yield Question(action, "*", keys)
    if request.get("tags") and request.operation in _MAKES:
        kind, name = _MAKES[request.operation]
        yield Question("batch:TagResource", f"{_make_prefix(request)}{kind}/{request.get(name) or '*'}", keys)
    yield from _ask_to_pass(request)


def _make_prefix(request: Request) -> str:
    return f"arn:aws:batch:{request.region}:{ACCOUNT}:"


def _list_tag_keys(region: str, arn: str) -> tags.Keys:
    """List aws:ResourceTag of a resource of Batch."""
    return tags.list_carried(records.of(region).find_tags(arn) or {})


def _ask_to_pass(request: Request) -> Iterator[Question]:
    compute, container = request.get("computeResources") or {}, request.get("containerProperties") or {}
    tasks = (request.get("ecsProperties") or {}).get("taskProperties") or []
    named = [
        (request.get("serviceRole"), "batch.amazonaws.com"),
        (compute.get("spotIamFleetRole"), "spotfleet.amazonaws.com"),
        (_find_role_of_profile(compute.get("instanceRole")), "ec2.amazonaws.com"),
        (container.get("jobRoleArn"), "ecs-tasks.amazonaws.com"),
        (container.get("executionRoleArn"), "ecs-tasks.amazonaws.com"),
        *(
            (task.get(name), "ecs-tasks.amazonaws.com")
            for task in tasks
            for name in ("taskRoleArn", "executionRoleArn")
        ),
    ]
    for role, service in named:
        if role:
            arn = role if role.startswith("arn:") else f"arn:aws:iam::{ACCOUNT}:role/{role}"
            yield Question("iam:PassRole", arn, {"iam:passedtoservice": (service,)})


def _find_role_of_profile(profile: Any) -> str:
    found = iam_backends[ACCOUNT]["aws"].instance_profiles.values()
    roles = [role for each in found if profile in (each.name, each.arn) for role in each.roles]
    return str(roles[0].arn) if roles else ""
