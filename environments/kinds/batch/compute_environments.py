"""Compute environments. The AMI stands in ec2Configuration.imageIdOverride alone; desiredvCpus is AWS Batch's own.

A roll-out may give a compute environment another name in AWS; the tag kiln:compute-environment keeps the definition's.
Sources: CreateComputeEnvironment, ComputeResource and ComputeEnvironmentDetail, AWS Batch API Reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud.pages import every
from cloud.session import Cloud
from environments.kinds.batch import compute_request
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import instance_profiles, roles
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing, Ref
from environments.spec.compute import ComputeEnvironment, ImageType

KIND = "compute env"
SERVICE_LINKED = "service-linked"
SCALING = frozenset({"state", "minvCpus", "maxvCpus"})  # changed without touching a machine
MEMORY, STATUS = "remembers", "status"
Described = dict[str, Any]


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    return tuple(_desired(inputs, name, each) for name, each in inputs.spec.compute_environments.items())


def _desired(inputs: Inputs, name: str, each: ComputeEnvironment) -> Desired:
    spec = inputs.spec
    memory = ownership.Memory(inputs.chosen.image.id)
    labels = {
        **spec.tags,
        ownership.key(spec.name): memory.as_tag(),
        ownership.COMPUTE_ENVIRONMENT: name,
        ownership.MADE: inputs.now,
    }
    service = spec.roles.service
    fields = {
        "state": each.state.upper(),
        "serviceRole": service if service == SERVICE_LINKED else inputs.iam_arn(roles.KIND, service),
        "type": "SPOT" if each.market == "spot" else "EC2",
        "allocationStrategy": each.strategy,
        "instanceTypes": tuple(sorted(each.instance_types)),
        "minvCpus": each.min_vcpus,
        "maxvCpus": each.max_vcpus,
        "bidPercentage": each.bid_percentage or (100 if each.market == "spot" else None),
        "subnets": inputs.network.subnets,
        "securityGroupIds": _groups(inputs),
        "instanceRole": inputs.iam_arn(instance_profiles.KIND, spec.roles.profile),
        "spotIamFleetRole": inputs.iam_arn(roles.KIND, spec.roles.spot_fleet) if each.needs_fleet_role else None,
        "ec2KeyPair": each.key_pair,
        "placementGroup": each.placement_group,
        "tags": {**spec.tags, **each.tags},
        "launchTemplate": inputs.template.spec.name,
        "launchTemplateVersion": templates.version(inputs),
        "imageType": image_type(inputs, each),
        "imageIdOverride": inputs.chosen.image.id,
    }
    return Desired(KIND, name, fields, labels, exclusive=True, extra={"environment": spec.name, "name": name})


def image_type(inputs: Inputs, each: ComputeEnvironment) -> ImageType | str:
    return each.image_type or f"ECS_{inputs.family.upper()}"


def _groups(inputs: Inputs) -> tuple[str | Ref, ...]:
    """Ids, and what stands for a group that is yet to be made."""
    names = inputs.spec.network.security_groups or (f"{inputs.spec.name}-batch",)
    found = [inputs.existing.get((security_groups.KIND, name)) for name in names]
    return tuple(
        each.id if each else Ref(security_groups.KIND, name, f"(new) {name}")
        for name, each in zip(names, found, strict=True)
    )


def described(cloud: Cloud) -> list[Described]:
    """Every compute environment of the region, as Batch describes it."""
    found = every(cloud.client("batch"), "describe_compute_environments", "computeEnvironments")
    return [each for each in found if each.get("status") != "DELETED"]


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    return match(desired, described(cloud))


def match(desired: Sequence[Desired], there: Sequence[Described]) -> Mapping[str, Existing]:
    """Those that the definition means, by its names for them (pure).

    Where a roll-out has two of one definition, the newest that is not INVALID counts; the others stand in `extra`.
    """
    found = {}
    for each in desired:
        mine = [one for one in there if _means(one, each)]
        if mine:
            current, *rest = sorted(mine, key=_rank, reverse=True)
            found[each.name] = found_of(each.name, current, [found_of(each.name, one) for one in rest])
    return found


def _means(one: Described, desired: Desired) -> bool:
    """This environment's own by its tags; else whatever has the name."""
    labels = one.get("tags") or {}
    if ownership.key(desired.extra["environment"]) in labels:
        return bool(labels.get(ownership.COMPUTE_ENVIRONMENT) == desired.name)
    return bool(one["computeEnvironmentName"] == desired.name)


def _rank(one: Described) -> tuple[bool, bool, str]:
    labels = one.get("tags") or {}
    return one.get("status") != "DELETING", one.get("status") != "INVALID", labels.get(ownership.MADE, "")


def found_of(name: str, one: Described, others: Sequence[Existing] = ()) -> Existing:
    """One as it is described, under the definition's name; `extra` has its name in AWS, its status, and the others."""
    extra = {
        "name": one["computeEnvironmentName"], "status": one.get("status", ""), "reason": one.get("statusReason", ""),
        "desiredvCpus": (one.get("computeResources") or {}).get("desiredvCpus", 0), "others": tuple(others),
        "cluster": one.get("ecsClusterArn", ""),
    }  # fmt: skip
    return Existing(KIND, name, one["computeEnvironmentArn"], compute_request.fields(one), one.get("tags") or {}, extra)


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    """Every field counts, one that is left out too. ARNs and names of an instance profile mean the same."""
    before, after = _comparable(existing.fields), _comparable(desired.fields)
    changes = [
        Difference(name, existing.fields.get(name), value)
        for name, value in desired.fields.items()
        if before.get(name) != after[name]
    ]
    memory = ownership.memory(existing.tags, desired.extra["environment"])
    should = memory.moved_to(desired.fields["imageIdOverride"])
    if memory.ami and should != memory and not any(each.field == "imageIdOverride" for each in changes):
        changes.append(Difference(MEMORY, memory.as_tag(), should.as_tag()))
    if existing.extra.get("status") == "INVALID":
        changes.append(Difference(STATUS, "INVALID", "VALID"))
    return tuple(changes)


def _comparable(fields: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: _text(value) for key, value in fields.items()}
    plain["instanceRole"] = str(fields.get("instanceRole", "")).rpartition("/")[2]
    return plain


def _text(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(sorted(str(each) for each in value))
    return str(value) if isinstance(value, Ref) else value


def create(cloud: Cloud, desired: Desired) -> str:
    """Its ARN; it is not VALID yet."""
    made = cloud.client("batch").create_compute_environment(**compute_request.create(desired))
    return str(made["computeEnvironmentArn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    """The scaling fields, the memory, and another look of AWS Batch at one that is INVALID; all else is a roll-out
    (environments/rollout/decision.py)."""
    fields = {change.field: change.after for change in changes}
    if STATUS in fields:
        fields["state"] = desired.fields["state"]
    if fields.keys() & SCALING:
        cloud.client("batch").update_compute_environment(**compute_request.scaling(existing.extra["name"], fields))
    if MEMORY in fields:
        tag(cloud, existing, {ownership.key(desired.extra["environment"]): fields[MEMORY]})
    return existing.id


def delete(cloud: Cloud, existing: Existing) -> None:
    """It must be DISABLED, and in no queue."""
    cloud.client("batch").delete_compute_environment(computeEnvironment=existing.extra["name"])


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=dict(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("batch").untag_resource(resourceArn=existing.id, tagKeys=list(keys))
