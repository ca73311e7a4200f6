"""Managed policies. One may serve several environments: each has statements of its own in it, told apart by their Sid.

Source: "Versioning IAM policies" (five versions at most), IAM User Guide.
"""

from collections.abc import Iterator, Mapping, Sequence

from cloud import errors, tags
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.iam import policy_versions
from environments.kinds.iam.attachments import list_attachments
from environments.kinds.iam.execution import execution_access
from environments.kinds.iam.nextflow import nextflow_access
from environments.kinds.iam.policy_state import NAME, DesiredPolicy, ExistingPolicy, find
from environments.kinds.iam.policy_versions import DOCUMENT, make_memo
from environments.kinds.iam.statements import (
    Statement,
    bucket_access,
    document,
    merged,
    public_access,
    sid_of,
    storage,
)
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.kind import users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Difference, Existing, Fate, Removal

KIND, ACCOUNT_WIDE = NAME, True
is_kilns = users_make_it_kilns
list_unnamed = wait_for_teardown


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
        documents.append((spec.execution_policy, execution_access(spec, inputs)))
    if spec.nextflow_role:
        documents.append((roles.nextflow_policy, nextflow_access(spec, inputs.scope)))
    if roles.storage_policy:
        documents.append((roles.storage_policy, storage(inputs)))
    return tuple(
        DesiredPolicy(
            KIND,
            name,
            {"statements": statements},
            {**inputs.tags, DOCUMENT: make_memo("v1", statements)},
            arn=inputs.iam_arn(KIND, name),
            environment=spec.name,
        )
        for name, statements in documents
    )


def match(region: Region, desired: Sequence[DesiredPolicy]) -> Mapping[str, ExistingPolicy]:
    iam = region.cloud.client("iam")
    return {policy.name: existing for policy in desired if (existing := find(iam, policy))}


def tagged(region: Region) -> Iterator[ExistingPolicy]:
    """IAM lists without tags: each policy of the account's own is asked for its own."""
    iam = region.cloud.client("iam")
    for listed in list_all(iam, "list_policies", "Policies", Scope="Local"):
        if answer := errors.or_none(iam.get_policy, *errors.DENIED, PolicyArn=listed["Arn"]):
            policy = answer["Policy"]
            labels, version = tags.as_dict(policy.get("Tags")), policy["DefaultVersionId"]
            yield ExistingPolicy(KIND, policy["PolicyName"], policy["Arn"], {}, labels, version=version)


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
    policy_versions.write(cloud.client("iam"), existing.id, _after(desired, existing))
    return existing.id


def fate(cloud: Cloud, existing: Existing, removal: Removal) -> tuple[Fate, str]:
    """A policy that somebody attached to something that is not Kiln's stays."""
    strangers = list_attachments(cloud, existing)[1]
    return ("keep", f"{', '.join(strangers)} has it, and is not Kiln's") if strangers else ("delete", "")


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    """Detach it from Kiln's roles, and delete it with its older versions."""
    iam = cloud.client("iam")
    for role in list_attachments(cloud, existing)[0]:
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
    there = policy_versions.read(iam, existing.id, existing.version)
    kept = [statement for statement in there if not str(statement.get("Sid", "")).startswith(gone)]
    if kept and kept != there:
        policy_versions.write(iam, existing.id, kept)
    iam.untag_policy(PolicyArn=existing.id, TagKeys=list(keys))
