"""Job definitions: another revision where the newest one says something else. Older ones stay, for who names them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cloud.session import Cloud
from environments.kinds.iam import roles
from environments.model import ownership, resource
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns
from environments.model.region import Described, Region
from environments.model.resource import Desired, Difference, Existing, Removal
from environments.spec.compute import JobDefinition

KIND, ACCOUNT_WIDE = "job definition", False
fate, is_kilns = goes, users_make_it_kilns


@dataclass(frozen=True, kw_only=True)
class ExistingDefinition(Existing):
    """A job definition's newest ACTIVE revision, with the ARNs of all that are ACTIVE."""

    arns: tuple[str, ...]


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    return tuple(
        Desired(KIND, name, _fields(inputs, definition), inputs.tags, exclusive=True)
        for name, definition in inputs.spec.job_definitions.items()
    )


def _fields(inputs: Inputs, definition: JobDefinition) -> dict[str, Any]:
    requirements = {"VCPU": str(definition.vcpus), "MEMORY": str(definition.memory)}
    if definition.gpus:
        requirements["GPU"] = str(definition.gpus)
    role = definition.job_role
    if role == "job":
        role = inputs.iam_arn(roles.KIND, inputs.spec.job_role) if inputs.spec.job_role else "none"
    return {
        "image": definition.image,
        "command": definition.command,
        "resources": requirements,
        "environment": dict(definition.environment),
        "parameters": dict(definition.parameters),
        "jobRoleArn": role,
        "volumes": tuple((volume.host, volume.container, volume.read_only) for volume in definition.volumes),
        "user": definition.user or "",
        "privileged": definition.privileged,
        "logGroup": inputs.spec.log_group.name,
        "attempts": definition.attempts,
        "timeout": definition.timeout or 0,
    }


def match(region: Region, desired: Sequence[Desired]) -> Mapping[str, ExistingDefinition]:
    """The newest ACTIVE revision."""
    existing = {}
    for name in (definition.name for definition in desired):
        revisions = [revision for revision in region.job_definitions if revision["jobDefinitionName"] == name]
        if revisions:
            newest = max(revisions, key=lambda revision: int(revision["revision"]))
            existing[name] = from_revisions(name, [newest, *revisions], _described(newest))
    return existing


def from_revisions(
    name: str, revisions: Sequence[Mapping[str, Any]], fields: Mapping[str, Any] = MappingProxyType({})
) -> ExistingDefinition:
    """ACTIVE revisions as Batch describes them, under one name; the first says its ARN and its tags (pure)."""
    arns = tuple(dict.fromkeys(revision["jobDefinitionArn"] for revision in revisions))
    return ExistingDefinition(KIND, name, arns[0], fields, revisions[0].get("tags") or {}, arns=arns)


def tagged(region: Region) -> Iterator[ExistingDefinition]:
    """Every ACTIVE revision by itself."""
    for revision in region.job_definitions:
        yield from_revisions(f"{revision['jobDefinitionName']}:{revision['revision']}", [revision])


def list_unnamed(
    region: Region, environment: str, names: Collection[str], existing: Collection[ExistingDefinition]
) -> Iterator[ExistingDefinition]:
    """The revisions of a name that the same environments use go together."""
    revisions: dict[tuple[str, tuple[str, ...]], list[Described]] = {}
    for definition in region.job_definitions:
        name = definition["jobDefinitionName"]
        if ownership.carries(definition, environment) and name not in names:
            users = ownership.others(definition["tags"], environment)
            revisions.setdefault((name, users), []).append(definition)
    for (name, _), same in sorted(revisions.items()):
        yield from_revisions(name, same)


def _described(revision: Mapping[str, Any]) -> dict[str, Any]:
    container = revision.get("containerProperties") or {}
    hosts = {volume["name"]: volume.get("host", {}).get("sourcePath", "") for volume in container.get("volumes") or ()}
    mounts = container.get("mountPoints") or ()
    return {
        "image": container.get("image"),
        "command": tuple(container.get("command") or ()),
        "resources": {
            requirement["type"]: requirement["value"] for requirement in container.get("resourceRequirements") or ()
        },
        "environment": {variable["name"]: variable["value"] for variable in container.get("environment") or ()},
        "parameters": dict(revision.get("parameters") or {}),
        "jobRoleArn": container.get("jobRoleArn") or "none",
        "volumes": tuple(
            (hosts.get(mount["sourceVolume"], ""), mount["containerPath"], bool(mount.get("readOnly")))
            for mount in mounts
        ),
        "user": container.get("user") or "",
        "privileged": bool(container.get("privileged")),
        "logGroup": ((container.get("logConfiguration") or {}).get("options") or {}).get("awslogs-group", ""),
        "attempts": (revision.get("retryStrategy") or {}).get("attempts") or 1,
        "timeout": (revision.get("timeout") or {}).get("attemptDurationSeconds") or 0,
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


def leave(cloud: Cloud, existing: ExistingDefinition, removal: Removal) -> None:
    """Every revision that is ACTIVE."""
    for arn in existing.arns:
        cloud.client("batch").deregister_job_definition(jobDefinition=arn)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: ExistingDefinition, keys: Sequence[str]) -> None:
    """Of every revision that is ACTIVE."""
    for arn in existing.arns:
        cloud.client("batch").untag_resource(resourceArn=arn, tagKeys=list(keys))
