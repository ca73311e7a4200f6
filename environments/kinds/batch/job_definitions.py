"""Job definitions: another revision where the newest one says something else. Older ones stay, for who names them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cloud.session import Cloud
from environments.kinds.batch import container_description, container_fields, container_properties
from environments.kinds.batch.retry_strategy import read_reasons, render_strategy
from environments.model import ownership, resource
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns
from environments.model.region import Described, Region
from environments.model.resource import Desired, Difference, Existing, Removal

KIND, ACCOUNT_WIDE = "job definition", False
fate, is_kilns = goes, users_make_it_kilns


@dataclass(frozen=True, kw_only=True)
class ExistingDefinition(Existing):
    """A job definition's newest ACTIVE revision, with the ARNs of all that are ACTIVE."""

    arns: tuple[str, ...]


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    """Without those whose image nobody has pushed yet: they wait for it."""
    return tuple(
        Desired(KIND, name, container_fields.describe(inputs, name, definition), inputs.tags, exclusive=True)
        for name, definition in inputs.spec.job_definitions.items()
        if name not in inputs.waiting
    )


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
    retries = revision.get("retryStrategy") or {}
    return {
        **container_description.read(revision.get("containerProperties") or {}),
        "parameters": dict(revision.get("parameters") or {}),
        "attempts": retries.get("attempts") or 1,
        "retryOn": read_reasons(retries.get("evaluateOnExit") or ()),
        "timeout": (revision.get("timeout") or {}).get("attemptDurationSeconds") or 0,
    }


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def request(desired: Desired) -> dict[str, Any]:
    """The parameters of RegisterJobDefinition (pure). A revision inherits nothing: all of it is said."""
    fields = desired.fields
    whole: dict[str, Any] = {
        "jobDefinitionName": desired.name, "type": "container",
        "containerProperties": container_properties.render(fields),
        "parameters": fields["parameters"], "retryStrategy": render_strategy(fields["attempts"], fields["retryOn"]),
        "platformCapabilities": ["EC2"], "tags": dict(desired.tags),
    }  # fmt: skip
    return whole | ({"timeout": {"attemptDurationSeconds": fields["timeout"]}} if fields["timeout"] else {})


def create(cloud: Cloud, desired: Desired) -> str:
    return str(cloud.client("batch").register_job_definition(**request(desired))["jobDefinitionArn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    """Another revision: none can be changed. It carries the tags that the one before has."""
    again = {**request(desired), "tags": {**existing.tags, **desired.tags}}
    return str(cloud.client("batch").register_job_definition(**again)["jobDefinitionArn"])


def delete(cloud: Cloud, existing: ExistingDefinition, removal: Removal) -> None:
    """Every revision that is ACTIVE."""
    for arn in existing.arns:
        cloud.client("batch").deregister_job_definition(jobDefinition=arn)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: ExistingDefinition, keys: Sequence[str]) -> None:
    """Of every revision that is ACTIVE."""
    for arn in existing.arns:
        cloud.client("batch").untag_resource(resourceArn=arn, tagKeys=list(keys))
