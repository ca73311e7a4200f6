"""Managed policies. One may serve several environments: each has statements of its own in it, told apart by their Sid.

Source: "Versioning IAM policies" (five versions at most), IAM User Guide.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud import errors, tags
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.iam.execution import execution_access
from environments.kinds.iam.statements import (
    Statement,
    bucket_access,
    document,
    merged,
    public_access,
    sid_of,
    statements_of,
    storage,
)
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.kind import users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Fate, Removal

KIND, ACCOUNT_WIDE = "policy", True
is_kilns = users_make_it_kilns
list_unnamed = wait_for_teardown
DOCUMENT = "kiln:document"  # version and digest of what Kiln wrote last: a version never changes


@dataclass(frozen=True, kw_only=True)
class DesiredPolicy(Desired):
    """A managed policy with an environment's own statements in it."""

    arn: str
    environment: str


@dataclass(frozen=True, kw_only=True)
class ExistingPolicy(Existing):
    """A managed policy; `version` is its default version, like v3."""

    version: str


def desired(inputs: Inputs) -> tuple[DesiredPolicy, ...]:
    """None under iam: existing, where roles have what they have."""
    spec, roles = inputs.spec, inputs.spec.roles
    if spec.iam == "existing":
        return ()
    documents = []
    if spec.buckets:
        documents.append((roles.bucket_policy, bucket_access(inputs)))
    if isinstance(roles.s3_read, tuple) and roles.s3_read:
        documents.append((roles.public_buckets_policy, public_access(inputs)))
    if spec.with_execution_role:
        documents.append((spec.execution_policy, execution_access(inputs)))
    if roles.storage_policy:
        documents.append((roles.storage_policy, storage(inputs)))
    return tuple(
        DesiredPolicy(
            KIND,
            name,
            {"statements": statements},
            {**inputs.tags, DOCUMENT: memo("v1", statements)},
            arn=inputs.iam_arn(KIND, name),
            environment=spec.name,
        )
        for name, statements in documents
    )


def memo(version: str, statements: Sequence[Statement]) -> str:
    """The value of the tag kiln:document."""
    ordered = sorted(statements, key=lambda statement: str(statement.get("Sid", "")))
    return f"{version} {hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()[:16]}"


def match(region: Region, desired: Sequence[DesiredPolicy]) -> Mapping[str, ExistingPolicy]:
    iam = region.cloud.client("iam")
    return {policy.name: existing for policy in desired if (existing := _existing(iam, policy))}


def tagged(region: Region) -> Iterator[ExistingPolicy]:
    """IAM lists without tags: each policy of the account's own is asked for its own."""
    iam = region.cloud.client("iam")
    for listed in list_all(iam, "list_policies", "Policies", Scope="Local"):
        if answer := errors.or_none(iam.get_policy, *errors.DENIED, PolicyArn=listed["Arn"]):
            policy = answer["Policy"]
            labels, version = tags.as_dict(policy.get("Tags")), policy["DefaultVersionId"]
            yield ExistingPolicy(KIND, policy["PolicyName"], policy["Arn"], {}, labels, version=version)


def _existing(iam: Any, desired: DesiredPolicy) -> ExistingPolicy | None:
    """The document is fetched only where its tag does not say that it is as it should be."""
    arn, environment = desired.arn, desired.environment
    answer = errors.or_none(iam.get_policy, PolicyArn=arn)
    if answer is None:
        return None
    policy = answer["Policy"]
    own, version = tags.as_dict(policy.get("Tags")), policy["DefaultVersionId"]
    sole = not ownership.others(own, environment)
    if sole and own.get(DOCUMENT) == memo(version, desired.fields["statements"]):
        statements = desired.fields["statements"]
    else:
        statements = _read(iam, arn, version)
    return ExistingPolicy(KIND, desired.name, arn, {"statements": statements}, own, version=version)


def _read(iam: Any, arn: str, version: str) -> list[Statement]:
    return statements_of(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def diff(desired: DesiredPolicy, existing: ExistingPolicy) -> tuple[Difference, ...]:
    """Statements by their Sid: added, changed, or gone."""
    old = {str(statement.get("Sid", "")): statement for statement in existing.fields["statements"]}
    new = {str(statement.get("Sid", "")): statement for statement in _after(desired, existing)}
    return tuple(
        Difference(f"statement {sid}", old.get(sid), new.get(sid))
        for sid in sorted({*old, *new})
        if old.get(sid) != new.get(sid)
    )


def _after(desired: DesiredPolicy, existing: ExistingPolicy) -> list[Statement]:
    environment = desired.environment
    shared = bool(ownership.others(existing.tags, environment))
    return merged(desired.fields["statements"], existing.fields["statements"], sid_of(environment), shared=shared)


def create(cloud: Cloud, desired: DesiredPolicy) -> str:
    made = cloud.client("iam").create_policy(
        PolicyName=desired.name,
        PolicyDocument=document(desired.fields["statements"]),
        Tags=tags.as_list(desired.tags),
    )
    return str(made["Policy"]["Arn"])


def update(cloud: Cloud, desired: DesiredPolicy, existing: ExistingPolicy, changes: Sequence[Difference]) -> str:
    _write(cloud.client("iam"), existing.id, _after(desired, existing))
    return existing.id


def _write(iam: Any, arn: str, statements: Sequence[Statement]) -> None:
    """A new default version; the oldest goes where there are five."""
    versions = list_all(iam, "list_policy_versions", "Versions", PolicyArn=arn)
    if len(versions) >= 5:
        old = [version for version in versions if not version["IsDefaultVersion"]]
        oldest = min(old, key=lambda version: int(version["VersionId"].removeprefix("v")))
        iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(statements), SetAsDefault=True)
    value = memo(made["PolicyVersion"]["VersionId"], statements)
    iam.tag_policy(PolicyArn=arn, Tags=tags.as_list({DOCUMENT: value}))


def attached(cloud: Cloud, policy: Existing) -> tuple[list[str], list[str]]:
    """To what a policy is attached: Kiln's roles, and everything else, by name."""
    iam = cloud.client("iam")
    own, others = [], []
    for page in iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=policy.id):
        others += [f"the user {user['UserName']}" for user in page.get("PolicyUsers", ())]
        others += [f"the group {group['GroupName']}" for group in page.get("PolicyGroups", ())]
        for name in (role["RoleName"] for role in page.get("PolicyRoles", ())):
            labels = tags.as_dict(iam.get_role(RoleName=name)["Role"].get("Tags"))
            if ownership.users(labels):
                own.append(name)
            else:
                others.append(f"the role {name}")
    return own, others


def fate(cloud: Cloud, existing: Existing, removal: Removal) -> tuple[Fate, str]:
    """A policy that somebody attached to something that is not Kiln's stays."""
    strangers = attached(cloud, existing)[1]
    return ("keep", f"{', '.join(strangers)} has it, and is not Kiln's") if strangers else ("delete", "")


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    """Detach it from Kiln's roles, and delete it with its older versions."""
    iam = cloud.client("iam")
    for role in attached(cloud, existing)[0]:
        iam.detach_role_policy(RoleName=role, PolicyArn=existing.id)
    with errors.gone_is_fine():
        for version in list_all(iam, "list_policy_versions", "Versions", PolicyArn=existing.id):
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=existing.id, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=existing.id)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    """What Kiln wrote last is none of what another environment may say."""
    own = {key: value for key, value in labels.items() if key != DOCUMENT}
    cloud.client("iam").tag_policy(PolicyArn=existing.id, Tags=tags.as_list(own))


def untag(cloud: Cloud, existing: ExistingPolicy, keys: Sequence[str]) -> None:
    """The environments' own statements go first: their buckets are nobody else's business."""
    iam = cloud.client("iam")
    gone = tuple(sid_of(key.removeprefix(ownership.PREFIX)) for key in keys if key.startswith(ownership.PREFIX))
    there = _read(iam, existing.id, existing.version)
    kept = [statement for statement in there if not str(statement.get("Sid", "")).startswith(gone)]
    if kept and kept != there:
        _write(iam, existing.id, kept)
    iam.untag_policy(PolicyArn=existing.id, TagKeys=list(keys))
