"""Managed policies. One may serve several environments: each has statements of its own in it, told apart by their Sid.

Sources: "IAM JSON policy elements: Sid" and "Versioning IAM policies" (five versions at most), IAM User Guide;
"Actions, resources, and condition keys for Amazon S3", Service Authorization Reference.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors, tags
from cloud.session import Cloud
from environments import ownership
from environments.ground import Ground
from environments.resource import Difference, Found, Wanted
from provision import docker_autoscale_policy

KIND = "policy"
DOCUMENT = "kiln:document"  # version and digest of what Kiln wrote last: a version never changes
_READ = ("s3:GetObject", "s3:GetObjectVersion")
_LIST = ("s3:GetBucketLocation", "s3:ListBucket")
_WRITE = (
    "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObjectTagging", "s3:ListMultipartUploadParts",
    "s3:PutObject", "s3:PutObjectTagging",
)  # fmt: skip
Statement = dict[str, Any]


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


def bucket_access(ground: Ground) -> list[Statement]:
    """Reading and writing the environment's buckets alone."""
    arns = [
        f"arn:{ground.partition}:s3:::{ground.spec.bucket_name(use, ground.account, ground.region)}"
        for use in ground.spec.buckets
    ]
    sid = sid_of(ground.spec.name)
    keys = sorted(each.kms_key for each in ground.spec.buckets.values() if each.kms_key)
    found = [
        _allow(f"{sid}Buckets", [*_LIST, "s3:ListBucketMultipartUploads"], arns),
        _allow(f"{sid}Objects", [*_READ, *_WRITE], [f"{arn}/*" for arn in arns]),
    ]
    return found + ([_allow(f"{sid}Keys", ["kms:Decrypt", "kms:GenerateDataKey"], keys)] if keys else [])


def public_access(ground: Ground) -> list[Statement]:
    """Reading the named buckets."""
    names = ground.spec.roles.s3_read
    arns = [f"arn:{ground.partition}:s3:::{name}" for name in names]
    sid = sid_of(ground.spec.name)
    return [
        _allow(f"{sid}PublicBuckets", list(_LIST), arns),
        _allow(f"{sid}PublicObjects", list(_READ), [f"{arn}/*" for arn in arns]),
    ]


def storage(ground: Ground) -> list[Statement]:
    """A machine adds volumes to itself; with the key of this environment where it has one."""
    common = docker_autoscale_policy.policy(partition=ground.partition)["Statement"]
    whole = docker_autoscale_policy.policy(kms_key=ground.spec.roles.storage_kms_key, partition=ground.partition)
    sid = sid_of(ground.spec.name)
    return [*common, *({**each, "Sid": sid + each["Sid"]} for each in whole["Statement"][len(common) :])]


def _allow(sid: str, actions: list[str], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": sorted(resources)}


def sid_of(environment: str) -> str:
    """How the Sid of an environment's own statements begins: letters and digits are allowed, names have dashes."""
    return f"Kiln{hashlib.sha256(environment.encode()).hexdigest()[:8]}"


def merged(wanted: Sequence[Statement], there: Sequence[Statement], sid: str, *, shared: bool) -> list[Statement]:
    """What the policy should say: what is wanted, and what stands there for other environments."""
    of_others = [
        each for each in there
        if shared and re.match("Kiln[0-9a-f]{8}", each.get("Sid", "")) and not each["Sid"].startswith(sid)
    ]  # fmt: skip
    return sorted([*wanted, *of_others], key=lambda each: str(each.get("Sid", "")))


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
        statements = _statements(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    return Found(KIND, wanted.name, arn, {"statements": statements}, own, {"version": version})


def _statements(document: Any) -> list[Statement]:
    parsed = json.loads(document) if isinstance(document, str) else document
    found = parsed["Statement"]
    return found if isinstance(found, list) else [found]


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    """Statements by their Sid: added, changed, or gone."""
    environment = wanted.extra["environment"]
    after = merged(
        wanted.fields["statements"], found.fields["statements"], sid_of(environment),
        shared=bool(ownership.others(found.tags, environment)),
    )  # fmt: skip
    old = {str(each.get("Sid", "")): each for each in found.fields["statements"]}
    new = {str(each.get("Sid", "")): each for each in after}
    return tuple(
        Difference(f"statement {sid}", old.get(sid), new.get(sid))
        for sid in sorted({*old, *new})
        if old.get(sid) != new.get(sid)
    )


def create(cloud: Cloud, wanted: Wanted) -> str:
    made = cloud.client("iam").create_policy(
        PolicyName=wanted.name,
        PolicyDocument=_document(wanted.fields["statements"]),
        Tags=tags.as_list(wanted.tags),
    )
    return str(made["Policy"]["Arn"])


def _document(statements: Sequence[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    environment = wanted.extra["environment"]
    shared = bool(ownership.others(found.tags, environment))
    statements = merged(
        wanted.fields["statements"], found.fields["statements"], sid_of(environment), shared=shared
    )  # fmt: skip
    _write(cloud.client("iam"), found.id, statements)
    return found.id


def _write(iam: Any, arn: str, statements: Sequence[Statement]) -> None:
    """A new default version; the oldest goes where there are five."""
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    if len(versions) >= 5:
        old = [each for each in versions if not each["IsDefaultVersion"]]
        oldest = min(old, key=lambda each: int(each["VersionId"].removeprefix("v")))
        iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=_document(statements), SetAsDefault=True)
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
    document = iam.get_policy_version(PolicyArn=found.id, VersionId=found.extra["version"])["PolicyVersion"]["Document"]
    there = _statements(document)
    kept = [each for each in there if not str(each.get("Sid", "")).startswith(gone)]
    if kept and kept != there:
        _write(iam, found.id, kept)
    iam.untag_policy(PolicyArn=found.id, TagKeys=list(keys))
