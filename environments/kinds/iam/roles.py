"""IAM roles in AWS: found, compared, made, changed and deleted. Policies that somebody else attached stay."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloud import errors, propagation, tags
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.iam.desired_roles import NAME, DesiredRole, list_roles
from environments.kinds.iam.trust_policies import read_trust, trusted
from environments.model import ownership
from environments.model.kind import goes, users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Difference, Existing, Removal

KIND, ACCOUNT_WIDE = NAME, True
desired = list_roles
fate, is_kilns = goes, users_make_it_kilns
list_unnamed = wait_for_teardown
_NOT_OURS = ("/aws-service-role/", "/aws-reserved/")


def match(region: Region, desired: Sequence[DesiredRole]) -> Mapping[str, Existing]:
    iam = region.cloud.client("iam")
    return {role.name: existing for role in desired if (existing := _existing(iam, role))}


def tagged(region: Region) -> Iterator[Existing]:
    """IAM lists without tags: each role is asked for its own, but for those of AWS's services."""
    iam = region.cloud.client("iam")
    for listed in list_all(iam, "list_roles", "Roles"):
        if listed["Path"].startswith(_NOT_OURS):
            continue
        if answer := errors.or_none(iam.get_role, *errors.DENIED, RoleName=listed["RoleName"]):
            role = answer["Role"]
            yield Existing(KIND, role["RoleName"], role["Arn"], {}, tags.as_dict(role.get("Tags")))


def _existing(iam: Any, desired: DesiredRole) -> Existing | None:
    answer = errors.or_none(iam.get_role, RoleName=desired.name)
    if answer is None:
        return None
    role, document = answer["Role"], answer["Role"]["AssumeRolePolicyDocument"]
    fields: dict[str, Any] = {
        "trust": trusted(document, role["Arn"].split(":")[4]),
        "document": read_trust(document),
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    }
    if not desired.foreign:
        attached = list_all(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=desired.name)
        fields["policies"] = sorted(policy["PolicyArn"] for policy in attached)
    return Existing(KIND, desired.name, role["Arn"], fields, tags.as_dict(role.get("Tags")))


def diff(desired: DesiredRole, existing: Existing) -> tuple[Difference, ...]:
    """A shared role keeps what other environments need; every role keeps what somebody else attached."""
    changes = [
        Difference(name, existing.fields.get(name), desired.fields[name])
        for name in ("trust", "boundary")
        if desired.fields.get(name) not in (None, existing.fields.get(name))
    ]
    before = set(existing.fields.get("policies", ()))
    after = set(desired.fields.get("policies", before))
    shared = ownership.others(existing.tags, desired.environment)
    gone = set() if shared else (before - after) & set(desired.known)
    names = {arn: arn.rpartition("/")[2] for arn in {*before, *after}}
    changes += [Difference(f"policy {names[arn]}", None, arn) for arn in sorted(after - before)]
    changes += [Difference(f"policy {names[arn]}", arn, None) for arn in sorted(gone)]
    return tuple(changes)


def create(cloud: Cloud, desired: DesiredRole) -> str:
    """Policies follow one by one: a run that ends between them is finished by the next."""
    iam, boundary = cloud.client("iam"), desired.fields["boundary"]
    made = iam.create_role(
        RoleName=desired.name,
        AssumeRolePolicyDocument=trust(desired.fields["trust"]),
        Description="Made by Kiln",
        Tags=tags.as_list(desired.tags),
        **({"PermissionsBoundary": boundary} if boundary else {}),
    )
    for arn in desired.fields["policies"]:
        propagation.is_seen(iam.attach_role_policy, RoleName=desired.name, PolicyArn=arn)
    return str(made["Role"]["Arn"])


def trust(service: str) -> str:
    """The JSON of a trust policy that lets this service assume the role (pure)."""
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def update(cloud: Cloud, desired: DesiredRole, existing: Existing, changes: Sequence[Difference]) -> str:
    iam = cloud.client("iam")
    for change in changes:
        if change.field == "trust":
            iam.update_assume_role_policy(RoleName=desired.name, PolicyDocument=trust(change.after))
        elif change.field == "boundary":
            iam.put_role_permissions_boundary(RoleName=desired.name, PermissionsBoundary=change.after)
        elif change.after:
            propagation.is_seen(iam.attach_role_policy, RoleName=desired.name, PolicyArn=change.after)
        else:
            iam.detach_role_policy(RoleName=desired.name, PolicyArn=change.before)
    return existing.id


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    """With its attachments; it must be in no instance profile."""
    iam = cloud.client("iam")
    with errors.gone_is_fine():
        for policy in list_all(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=existing.name):
            iam.detach_role_policy(RoleName=existing.name, PolicyArn=policy["PolicyArn"])
        iam.delete_role(RoleName=existing.name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("iam").tag_role(RoleName=existing.name, Tags=tags.as_list(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("iam").untag_role(RoleName=existing.name, TagKeys=list(keys))
