"""Job definitions: another revision where the newest one says something else. Older ones stay, for who names them."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud.pages import every
from cloud.session import Cloud
from environments.kinds.iam import roles
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing
from environments.spec.compute import JobDefinition

KIND = "job definition"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    return tuple(
        Desired(KIND, name, _fields(inputs, each), inputs.tags, exclusive=True)
        for name, each in inputs.spec.job_definitions.items()
    )


def _fields(inputs: Inputs, each: JobDefinition) -> dict[str, Any]:
    requirements = {"VCPU": str(each.vcpus), "MEMORY": str(each.memory)}
    if each.gpus:
        requirements["GPU"] = str(each.gpus)
    role = each.job_role
    if role == "job":
        role = inputs.iam_arn(roles.KIND, inputs.spec.job_role) if inputs.spec.job_role else "none"
    return {
        "image": each.image,
        "command": each.command,
        "resources": requirements,
        "environment": dict(each.environment),
        "parameters": dict(each.parameters),
        "jobRoleArn": role,
        "volumes": tuple((one.host, one.container, one.read_only) for one in each.volumes),
        "user": each.user or "",
        "privileged": each.privileged,
        "logGroup": inputs.spec.log_group.name,
        "attempts": each.attempts,
        "timeout": each.timeout or 0,
    }


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    return match(desired, active(cloud))


def active(cloud: Cloud) -> list[dict[str, Any]]:
    """Every ACTIVE revision of the region, 100 to a call; Batch can be asked for all names, or for one at a time."""
    return every(cloud.client("batch"), "describe_job_definitions", "jobDefinitions", status="ACTIVE")


def match(desired: Sequence[Desired], there: Sequence[Mapping[str, Any]]) -> Mapping[str, Existing]:
    """The newest ACTIVE revision of each (pure)."""
    found = {}
    for each in desired:
        revisions = [one for one in there if one["jobDefinitionName"] == each.name]
        if revisions:
            newest = max(revisions, key=lambda one: int(one["revision"]))
            extra = {"revision": newest["revision"], "arns": tuple(one["jobDefinitionArn"] for one in revisions)}
            arn = newest["jobDefinitionArn"]
            found[each.name] = Existing(KIND, each.name, arn, _described(newest), newest.get("tags") or {}, extra)
    return found


def _described(one: Mapping[str, Any]) -> dict[str, Any]:
    container = one.get("containerProperties") or {}
    hosts = {each["name"]: each.get("host", {}).get("sourcePath", "") for each in container.get("volumes") or ()}
    mounts = container.get("mountPoints") or ()
    return {
        "image": container.get("image"),
        "command": tuple(container.get("command") or ()),
        "resources": {each["type"]: each["value"] for each in container.get("resourceRequirements") or ()},
        "environment": {each["name"]: each["value"] for each in container.get("environment") or ()},
        "parameters": dict(one.get("parameters") or {}),
        "jobRoleArn": container.get("jobRoleArn") or "none",
        "volumes": tuple(
            (hosts.get(each["sourceVolume"], ""), each["containerPath"], bool(each.get("readOnly"))) for each in mounts
        ),
        "user": container.get("user") or "",
        "privileged": bool(container.get("privileged")),
        "logGroup": ((container.get("logConfiguration") or {}).get("options") or {}).get("awslogs-group", ""),
        "attempts": (one.get("retryStrategy") or {}).get("attempts") or 1,
        "timeout": (one.get("timeout") or {}).get("attemptDurationSeconds") or 0,
    }


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def request(desired: Desired) -> dict[str, Any]:
    """The parameters of RegisterJobDefinition (pure). A revision inherits nothing: all of it is said."""
    fields = desired.fields
    container: dict[str, Any] = {
        "image": fields["image"],
        "command": list(fields["command"]),
        "resourceRequirements": [{"type": kind, "value": value} for kind, value in fields["resources"].items()],
        "environment": [{"name": name, "value": value} for name, value in fields["environment"].items()],
        "volumes": [
            {"name": f"v{n}", "host": {"sourcePath": host}} for n, (host, _, _) in enumerate(fields["volumes"])
        ],
        "mountPoints": [
            {"sourceVolume": f"v{n}", "containerPath": path, "readOnly": read_only}
            for n, (_, path, read_only) in enumerate(fields["volumes"])
        ],
        "privileged": fields["privileged"],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": fields["logGroup"], "awslogs-stream-prefix": desired.name},
        },
    }
    container |= {"jobRoleArn": fields["jobRoleArn"]} if fields["jobRoleArn"] != "none" else {}
    container |= {"user": fields["user"]} if fields["user"] else {}
    whole: dict[str, Any] = {
        "jobDefinitionName": desired.name, "type": "container", "containerProperties": container,
        "parameters": fields["parameters"], "retryStrategy": {"attempts": fields["attempts"]},
        "platformCapabilities": ["EC2"], "tags": dict(desired.tags),
    }  # fmt: skip
    return whole | ({"timeout": {"attemptDurationSeconds": fields["timeout"]}} if fields["timeout"] else {})


def create(cloud: Cloud, desired: Desired) -> str:
    return str(cloud.client("batch").register_job_definition(**request(desired))["jobDefinitionArn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    """Another revision: none can be changed. It carries the tags that the one before has."""
    again = {**request(desired), "tags": {**existing.tags, **desired.tags}}
    return str(cloud.client("batch").register_job_definition(**again)["jobDefinitionArn"])


def delete(cloud: Cloud, existing: Existing) -> None:
    """Every revision that is ACTIVE."""
    for arn in existing.extra["arns"]:
        cloud.client("batch").deregister_job_definition(jobDefinition=arn)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    """Of every revision that is ACTIVE."""
    for arn in existing.extra["arns"]:
        cloud.client("batch").untag_resource(resourceArn=arn, tagKeys=list(keys))
