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
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted

KIND = "policy"
DOCUMENT = "kiln:document"  # version and digest of what Kiln wrote last: a version never changes


def desired(ground: Ground) -> tuple[Wanted, ...]:
    """None under iam: existing, where roles have what they have."""
    spec, roles = ground.spec, ground.spec.roles
    if spec.iam == "existing":
        return ()
    wanted = []
    if spec.buckets:
        wanted.append((roles.bucket_policy, bucket_access(ground)))
    if isinstance(roles.s3_read, tuple) and roles.s3_read:
        wanted.append((roles.public_buckets_policy, public_access(ground)))
    if roles.storage_policy:
        wanted.append((roles.storage_policy, storage(ground)))
    return tuple(
        Wanted(
            KIND,
            name,
            {"statements": statements},
            {**ground.tags, DOCUMENT: memo("v1", statements)},
            extra={"arn": ground.iam_arn(KIND, name), "environment": spec.name},
        )
        for name, statements in wanted
    )


def memo(version: str, statements: Sequence[Statement]) -> str:
    """The value of the tag kiln:document."""
    ordered = sorted(statements, key=lambda each: str(each.get("Sid", "")))
    return f"{version} {hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()[:16]}"


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    found = {each.name: _found(cloud.client("iam"), each) for each in wanted}
    return {name: each for name, each in found.items() if each is not None}


def _found(iam: Any, wanted: Wanted) -> Found | None:
    """The document is fetched only where its tag does not say that it is as it should be."""
    arn, environment = wanted.extra["arn"], wanted.extra["environment"]
    answer = errors.or_none(iam.get_policy, PolicyArn=arn)
    if answer is None:
        return None
    policy = answer["Policy"]
    own, version = tags.as_dict(policy.get("Tags")), policy["DefaultVersionId"]
    sole = not ownership.others(own, environment)
    if sole and own.get(DOCUMENT) == memo(version, wanted.fields["statements"]):
        statements = wanted.fields["statements"]
    else:
        statements = _read(iam, arn, version)
    return Found(KIND, wanted.name, arn, {"statements": statements}, own, {"version": version})


def _read(iam: Any, arn: str, version: str) -> list[Statement]:
    return statements_of(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    """Statements by their Sid: added, changed, or gone."""
    old = {str(each.get("Sid", "")): each for each in found.fields["statements"]}
    new = {str(each.get("Sid", "")): each for each in _after(wanted, found)}
    return tuple(
        Difference(f"statement {sid}", old.get(sid), new.get(sid))
        for sid in sorted({*old, *new})
        if old.get(sid) != new.get(sid)
    )


def _after(wanted: Wanted, found: Found) -> list[Statement]:
    environment = wanted.extra["environment"]
    shared = bool(ownership.others(found.tags, environment))
    return merged(wanted.fields["statements"], found.fields["statements"], sid_of(environment), shared=shared)


def create(cloud: Cloud, wanted: Wanted) -> str:
    made = cloud.client("iam").create_policy(
        PolicyName=wanted.name,
        PolicyDocument=document(wanted.fields["statements"]),
        Tags=tags.as_list(wanted.tags),
    )
    return str(made["Policy"]["Arn"])


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    _write(cloud.client("iam"), found.id, _after(wanted, found))
    return found.id


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


def delete(cloud: Cloud, found: Found) -> None:
    """With its older versions; it must be attached to nothing."""
    iam = cloud.client("iam")
    with errors.gone_is_fine():
        for each in iam.list_policy_versions(PolicyArn=found.id)["Versions"]:
            if not each["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=found.id, VersionId=each["VersionId"])
        iam.delete_policy(PolicyArn=found.id)


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    """What Kiln wrote last is none of what another environment may say."""
    own = {key: value for key, value in labels.items() if key != DOCUMENT}
    cloud.client("iam").tag_policy(PolicyArn=found.id, Tags=tags.as_list(own))


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    """The environments' own statements go first: their buckets are nobody else's business."""
    iam = cloud.client("iam")
    gone = tuple(sid_of(key.removeprefix(ownership.PREFIX)) for key in keys if key.startswith(ownership.PREFIX))
    there = _read(iam, found.id, found.extra["version"])
    kept = [each for each in there if not str(each.get("Sid", "")).startswith(gone)]
    if kept and kept != there:
        _write(iam, found.id, kept)
    iam.untag_policy(PolicyArn=found.id, TagKeys=list(keys))
