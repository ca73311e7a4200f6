"""Managed policies. One may serve several environments: each has statements of its own in it, told apart by their Sid.

Source: "Versioning IAM policies" (five versions at most), IAM User Guide.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
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
from environments.model.resource import Desired, Difference, Existing

KIND = "policy"
DOCUMENT = "kiln:document"  # version and digest of what Kiln wrote last: a version never changes


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    """None under iam: existing, where roles have what they have."""
    spec, roles = inputs.spec, inputs.spec.roles
    if spec.iam == "existing":
        return ()
    desired = []
    if spec.buckets:
        desired.append((roles.bucket_policy, bucket_access(inputs)))
    if isinstance(roles.s3_read, tuple) and roles.s3_read:
        desired.append((roles.public_buckets_policy, public_access(inputs)))
    if roles.storage_policy:
        desired.append((roles.storage_policy, storage(inputs)))
    return tuple(
        Desired(
            KIND,
            name,
            {"statements": statements},
            {**inputs.tags, DOCUMENT: memo("v1", statements)},
            extra={"arn": inputs.iam_arn(KIND, name), "environment": spec.name},
        )
        for name, statements in desired
    )


def memo(version: str, statements: Sequence[Statement]) -> str:
    """The value of the tag kiln:document."""
    ordered = sorted(statements, key=lambda each: str(each.get("Sid", "")))
    return f"{version} {hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()[:16]}"


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    found = {each.name: _found(cloud.client("iam"), each) for each in desired}
    return {name: each for name, each in found.items() if each is not None}


def _found(iam: Any, desired: Desired) -> Existing | None:
    """The document is fetched only where its tag does not say that it is as it should be."""
    arn, environment = desired.extra["arn"], desired.extra["environment"]
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
    return Existing(KIND, desired.name, arn, {"statements": statements}, own, {"version": version})


def _read(iam: Any, arn: str, version: str) -> list[Statement]:
    return statements_of(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    """Statements by their Sid: added, changed, or gone."""
    old = {str(each.get("Sid", "")): each for each in existing.fields["statements"]}
    new = {str(each.get("Sid", "")): each for each in _after(desired, existing)}
    return tuple(
        Difference(f"statement {sid}", old.get(sid), new.get(sid))
        for sid in sorted({*old, *new})
        if old.get(sid) != new.get(sid)
    )


def _after(desired: Desired, existing: Existing) -> list[Statement]:
    environment = desired.extra["environment"]
    shared = bool(ownership.others(existing.tags, environment))
    return merged(desired.fields["statements"], existing.fields["statements"], sid_of(environment), shared=shared)


def create(cloud: Cloud, desired: Desired) -> str:
    made = cloud.client("iam").create_policy(
        PolicyName=desired.name,
        PolicyDocument=document(desired.fields["statements"]),
        Tags=tags.as_list(desired.tags),
    )
    return str(made["Policy"]["Arn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    _write(cloud.client("iam"), existing.id, _after(desired, existing))
    return existing.id


def _write(iam: Any, arn: str, statements: Sequence[Statement]) -> None:
    """A new default version; the oldest goes where there are five."""
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    if len(versions) >= 5:
        old = [each for each in versions if not each["IsDefaultVersion"]]
        oldest = min(old, key=lambda each: int(each["VersionId"].removeprefix("v")))
        iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(statements), SetAsDefault=True)
    value = memo(made["PolicyVersion"]["VersionId"], statements)
    iam.tag_policy(PolicyArn=arn, Tags=tags.as_list({DOCUMENT: value}))


def delete(cloud: Cloud, existing: Existing) -> None:
    """With its older versions; it must be attached to nothing."""
    iam = cloud.client("iam")
    with errors.gone_is_fine():
        for each in iam.list_policy_versions(PolicyArn=existing.id)["Versions"]:
            if not each["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=existing.id, VersionId=each["VersionId"])
        iam.delete_policy(PolicyArn=existing.id)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    """What Kiln wrote last is none of what another environment may say."""
    own = {key: value for key, value in labels.items() if key != DOCUMENT}
    cloud.client("iam").tag_policy(PolicyArn=existing.id, Tags=tags.as_list(own))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    """The environments' own statements go first: their buckets are nobody else's business."""
    iam = cloud.client("iam")
    gone = tuple(sid_of(key.removeprefix(ownership.PREFIX)) for key in keys if key.startswith(ownership.PREFIX))
    there = _read(iam, existing.id, existing.extra["version"])
    kept = [each for each in there if not str(each.get("Sid", "")).startswith(gone)]
    if kept and kept != there:
        _write(iam, existing.id, kept)
    iam.untag_policy(PolicyArn=existing.id, TagKeys=list(keys))
