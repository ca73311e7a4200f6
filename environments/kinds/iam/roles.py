"""IAM roles: whom each trusts, and which managed policies it has.

Sources: "Required roles and policies" of the AWS Batch User Guide (service, Spot fleet, instance role), "IAM roles for
tasks" of the Amazon ECS Developer Guide (the job role trusts ecs-tasks.amazonaws.com).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from cloud import errors, propagation, tags
from cloud.pages import every
from cloud.session import Cloud
from environments.model import ownership
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted

KIND = "role"
_S3_READ, _SESSIONS = "AmazonS3ReadOnlyAccess", "AmazonSSMManagedInstanceCore"


def desired(ground: Ground) -> tuple[Wanted, ...]:
    spec, roles = ground.spec, ground.spec.roles
    data, storage = _data_policies(ground), _storage_policies(ground)
    sessions = [ground.managed(_SESSIONS)] if roles.session_manager else []
    ecs = ground.managed("service-role/AmazonEC2ContainerServiceforEC2Role")
    on_machines = data if spec.job_role is None else []
    found = [_role(ground, roles.instance, "ec2.amazonaws.com", [ecs, *storage, *sessions, *on_machines])]
    if spec.job_role:
        found.append(_role(ground, spec.job_role, "ecs-tasks.amazonaws.com", data))
    if roles.service != "service-linked":
        service = ground.managed("service-role/AWSBatchServiceRole")
        found.append(_role(ground, roles.service, "batch.amazonaws.com", [service]))
    if any(each.needs_fleet_role for each in spec.compute_environments.values()):
        fleet = ground.managed("service-role/AmazonEC2SpotFleetTaggingRole")
        found.append(_role(ground, roles.spot_fleet, "spotfleet.amazonaws.com", [fleet]))
    return tuple(found)


def _role(ground: Ground, name: str, service: str, policies: list[str]) -> Wanted:
    foreign = ground.spec.iam == "existing"
    fields: dict[str, Any] = {"trust": service}
    if not foreign:
        fields |= {"policies": sorted(policies), "boundary": ground.spec.roles.permissions_boundary}
    extra = {"environment": ground.spec.name, "known": _known(ground)}
    return Wanted(KIND, name, fields, ground.tags, foreign=foreign, extra=extra)


def _data_policies(ground: Ground) -> list[str]:
    """Of whoever reads and writes the workflows' data."""
    spec, roles = ground.spec, ground.spec.roles
    found = [ground.iam_arn("policy", roles.bucket_policy)] if spec.buckets else []
    if roles.s3_read == "all":
        found.append(ground.managed(_S3_READ))
    elif roles.s3_read:
        found.append(ground.iam_arn("policy", roles.public_buckets_policy))
    return found


def _storage_policies(ground: Ground) -> list[str]:
    name = ground.spec.roles.storage_policy
    return [ground.iam_arn("policy", name)] if name else []


def _known(ground: Ground) -> tuple[str, ...]:
    """Policies that Kiln attaches, and so takes away again; what else somebody attached stays."""
    roles = ground.spec.roles
    own = [name for name in (roles.bucket_policy, roles.public_buckets_policy, roles.storage_policy) if name]
    return (
        *(ground.iam_arn("policy", name) for name in own),
        ground.managed(_S3_READ),
        ground.managed(_SESSIONS),
    )


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    found = {each.name: _found(cloud.client("iam"), each) for each in wanted}
    return {name: each for name, each in found.items() if each is not None}


def _found(iam: Any, wanted: Wanted) -> Found | None:
    answer = errors.or_none(iam.get_role, RoleName=wanted.name)
    if answer is None:
        return None
    role = answer["Role"]
    fields: dict[str, Any] = {
        "trust": trusted(role["AssumeRolePolicyDocument"]),
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    }
    if not wanted.foreign:
        attached = every(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=wanted.name)
        fields["policies"] = sorted(each["PolicyArn"] for each in attached)
    return Found(KIND, wanted.name, role["Arn"], fields, tags.as_dict(role.get("Tags")))


def trusted(document: Any) -> str:
    """The services that may assume a role, by name (pure); the document as boto3 or a URL has it."""
    parsed = json.loads(unquote(document)) if isinstance(document, str) else document
    statements = parsed.get("Statement", [])
    services: set[str] = set()
    for each in statements if isinstance(statements, list) else [statements]:
        principal = each.get("Principal")
        named = principal.get("Service", []) if isinstance(principal, Mapping) else []
        if each.get("Effect") == "Allow":
            services |= {named} if isinstance(named, str) else set(named)
    return ", ".join(sorted(services))


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    """A shared role keeps what other environments need; every role keeps what somebody else attached."""
    changes = [
        Difference(name, found.fields.get(name), wanted.fields[name])
        for name in ("trust", "boundary")
        if wanted.fields.get(name) not in (None, found.fields.get(name))
    ]
    before = set(found.fields.get("policies", ()))
    after = set(wanted.fields.get("policies", before))
    shared = ownership.others(found.tags, wanted.extra["environment"])
    gone = set() if shared else (before - after) & set(wanted.extra["known"])
    names = {arn: arn.rpartition("/")[2] for arn in {*before, *after}}
    changes += [Difference(f"policy {names[arn]}", None, arn) for arn in sorted(after - before)]
    changes += [Difference(f"policy {names[arn]}", arn, None) for arn in sorted(gone)]
    return tuple(changes)


def create(cloud: Cloud, wanted: Wanted) -> str:
    """Policies follow one by one: a run that ends between them is finished by the next."""
    iam, boundary = cloud.client("iam"), wanted.fields["boundary"]
    made = iam.create_role(
        RoleName=wanted.name,
        AssumeRolePolicyDocument=trust(wanted.fields["trust"]),
        Description="Made by Kiln",
        Tags=tags.as_list(wanted.tags),
        **({"PermissionsBoundary": boundary} if boundary else {}),
    )
    for arn in wanted.fields["policies"]:
        propagation.seen(iam.attach_role_policy, RoleName=wanted.name, PolicyArn=arn)
    return str(made["Role"]["Arn"])


def trust(service: str) -> str:
    """The JSON of a trust policy that lets this service assume the role (pure)."""
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    iam = cloud.client("iam")
    for change in changes:
        if change.field == "trust":
            iam.update_assume_role_policy(RoleName=wanted.name, PolicyDocument=trust(change.after))
        elif change.field == "boundary":
            iam.put_role_permissions_boundary(RoleName=wanted.name, PermissionsBoundary=change.after)
        elif change.after:
            propagation.seen(iam.attach_role_policy, RoleName=wanted.name, PolicyArn=change.after)
        else:
            iam.detach_role_policy(RoleName=wanted.name, PolicyArn=change.before)
    return found.id


def delete(cloud: Cloud, found: Found) -> None:
    """With its attachments; it must be in no instance profile."""
    iam = cloud.client("iam")
    with errors.gone_is_fine():
        for each in iam.list_attached_role_policies(RoleName=found.name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=found.name, PolicyArn=each["PolicyArn"])
        iam.delete_role(RoleName=found.name)


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    cloud.client("iam").tag_role(RoleName=found.name, Tags=tags.as_list(labels))


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    cloud.client("iam").untag_role(RoleName=found.name, TagKeys=list(keys))
