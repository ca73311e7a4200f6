"""Compute environments. The AMI stands in ec2Configuration.imageIdOverride alone; desiredvCpus is AWS Batch's own.

A roll-out may give a compute environment another name in AWS; the tag kiln:compute-environment keeps the definition's.
Sources: CreateComputeEnvironment, ComputeResource and ComputeEnvironmentDetail, AWS Batch API Reference.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from cloud.session import Cloud
from environments.kinds.batch import compute_request, deletion, waiting
from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.desired_environment import make_desired
from environments.kinds.batch.existing_environment import ExistingEnvironment, from_description, read_definition_name
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns
from environments.model.region import Described, Region
from environments.model.resource import Difference, Existing, Ref, Removal

KIND, ACCOUNT_WIDE = compute_request.NAME, False
fate, is_kilns = goes, users_make_it_kilns
SCALING = frozenset({"state", "minvCpus", "maxvCpus"})  # changed without touching a machine
MEMORY, STATUS = "remembers", "status"


def desired(inputs: Inputs) -> tuple[DesiredEnvironment, ...]:
    return tuple(make_desired(inputs, name, spec) for name, spec in inputs.spec.compute_environments.items())


def match(region: Region, desired: Sequence[DesiredEnvironment]) -> Mapping[str, ExistingEnvironment]:
    """Those that the definition means, by its names for them.

    Where a roll-out has two of one definition, the newest that is not INVALID counts.
    """
    existing = {}
    for environment in desired:
        same = [listed for listed in region.compute_environments if _means(listed, environment)]
        if same:
            current, *rest = sorted(same, key=_rank, reverse=True)
            others = tuple(from_description(other, environment.name) for other in rest)
            existing[environment.name] = from_description(current, environment.name, others)
    return existing


def _means(described: Described, desired: DesiredEnvironment) -> bool:
    """This environment's own by its tags; else whatever has the name."""
    if ownership.carries(described, desired.environment):
        return bool(described["tags"].get(ownership.COMPUTE_ENVIRONMENT) == desired.name)
    return bool(described["computeEnvironmentName"] == desired.name)


def _rank(described: Described) -> tuple[bool, bool, str]:
    made = (described.get("tags") or {}).get(ownership.MADE, "")
    return described.get("status") != "DELETING", described.get("status") != "INVALID", made


def tagged(region: Region) -> Iterator[ExistingEnvironment]:
    """Under their names in AWS: a roll-out may have left two of one definition."""
    for environment in region.compute_environments:
        yield from_description(environment, environment["computeEnvironmentName"])


def list_unnamed(
    region: Region, environment: str, names: Collection[str], existing: Collection[ExistingEnvironment]
) -> Iterator[ExistingEnvironment]:
    """By the definition's names, so what a roll-out left or has under way is not part of it."""
    for compute in region.compute_environments:
        if ownership.carries(compute, environment) and read_definition_name(compute) not in names:
            yield from_description(compute, compute["computeEnvironmentName"])


def diff(desired: DesiredEnvironment, existing: ExistingEnvironment) -> tuple[Difference, ...]:
    """Every field counts, one that is left out too. ARNs and names of an instance profile mean the same."""
    before, after = _comparable(existing.fields), _comparable(desired.fields)
    changes = [
        Difference(name, existing.fields.get(name), value)
        for name, value in desired.fields.items()
        if before.get(name) != after[name]
    ]
    memory = ownership.memory(existing.tags, desired.environment)
    should = memory.moved_to(desired.fields["imageIdOverride"])
    if memory.ami and should != memory and not any(change.field == "imageIdOverride" for change in changes):
        changes.append(Difference(MEMORY, memory.as_tag(), should.as_tag()))
    if existing.status == "INVALID":
        changes.append(Difference(STATUS, "INVALID", "VALID"))
    return tuple(changes)


def _comparable(fields: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: _text(value) for key, value in fields.items()}
    plain["instanceRole"] = str(fields.get("instanceRole", "")).rpartition("/")[2]
    return plain


def _text(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(sorted(str(item) for item in value))
    return str(value) if isinstance(value, Ref) else value


def create(cloud: Cloud, desired: DesiredEnvironment) -> str:
    """Its ARN; it is not VALID yet."""
    made = cloud.client("batch").create_compute_environment(**compute_request.create(desired))
    return str(made["computeEnvironmentArn"])


def update(
    cloud: Cloud, desired: DesiredEnvironment, existing: ExistingEnvironment, changes: Sequence[Difference]
) -> str:
    """The scaling fields, the memory, and another look of AWS Batch at one that is INVALID; all else is a roll-out
    (environments/rollout/decision.py)."""
    waiting.environment_at_rest(cloud, existing.aws_name)
    fields = {change.field: change.after for change in changes}
    if STATUS in fields:
        fields["state"] = desired.fields["state"]
    if fields.keys() & SCALING:
        cloud.client("batch").update_compute_environment(**compute_request.scaling(existing.aws_name, fields))
    if MEMORY in fields:
        tag(cloud, existing, {ownership.key(desired.environment): fields[MEMORY]})
    return existing.id


def delete(cloud: Cloud, existing: ExistingEnvironment, removal: Removal) -> None:
    """Disable it and delete it; it must be in no queue."""
    deletion.delete_environment(cloud, removal.environment, existing.aws_name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("batch").untag_resource(resourceArn=existing.id, tagKeys=list(keys))
