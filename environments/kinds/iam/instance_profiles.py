"""The instance profile: what carries the instance role onto a machine. AWS Batch wants the profile, not the role."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloud import errors, propagation, tags
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.iam.trust_policies import read_trust
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.kind import goes, users_make_it_kilns, wait_for_teardown
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Removal

KIND, ACCOUNT_WIDE = "instance profile", True
fate, is_kilns = goes, users_make_it_kilns
list_unnamed = wait_for_teardown


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    roles, foreign = inputs.spec.roles, inputs.spec.iam == "existing"
    return (Desired(KIND, roles.profile, {"role": roles.instance}, inputs.tags, foreign=foreign),)


def match(region: Region, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    iam, existing = region.cloud.client("iam"), {}
    for profile in desired:
        if answer := errors.or_none(iam.get_instance_profile, InstanceProfileName=profile.name):
            existing[profile.name] = _existing(answer["InstanceProfile"])
    return existing


def _existing(profile: Mapping[str, Any]) -> Existing:
    """An instance profile as GetInstanceProfile describes it (pure)."""
    role: Mapping[str, Any] = next(iter(profile["Roles"]), {})
    fields = {
        "role": role.get("RoleName", ""), "arn": role.get("Arn", ""),
        "document": read_trust(role["AssumeRolePolicyDocument"]) if role else {},
    }  # fmt: skip
    return Existing(KIND, profile["InstanceProfileName"], profile["Arn"], fields, tags.as_dict(profile.get("Tags")))


def tagged(region: Region) -> Iterator[Existing]:
    """IAM lists without tags: each profile is asked for its own; one that has gone since, or is closed to these
    credentials, is left out."""
    iam = region.cloud.client("iam")
    for profile in list_all(iam, "list_instance_profiles", "InstanceProfiles"):
        name = profile["InstanceProfileName"]
        if answer := errors.or_none(iam.get_instance_profile, *errors.DENIED, InstanceProfileName=name):
            yield _existing(answer["InstanceProfile"])


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: Desired) -> str:
    iam = cloud.client("iam")
    made = iam.create_instance_profile(InstanceProfileName=desired.name, Tags=tags.as_list(desired.tags))
    propagation.is_seen(
        iam.add_role_to_instance_profile, InstanceProfileName=desired.name, RoleName=desired.fields["role"]
    )
    return str(made["InstanceProfile"]["Arn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    """A profile holds one role at most: the old role is taken out first."""
    iam = cloud.client("iam")
    for change in changes:
        if change.before:
            iam.remove_role_from_instance_profile(InstanceProfileName=existing.name, RoleName=change.before)
        propagation.is_seen(iam.add_role_to_instance_profile, InstanceProfileName=existing.name, RoleName=change.after)
    return existing.id


def delete(cloud: Cloud, existing: Existing, removal: Removal) -> None:
    iam = cloud.client("iam")
    with errors.gone_is_fine():
        if existing.fields["role"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=existing.name, RoleName=existing.fields["role"])
    with errors.gone_is_fine():
        iam.delete_instance_profile(InstanceProfileName=existing.name)


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.client("iam").tag_instance_profile(InstanceProfileName=existing.name, Tags=tags.as_list(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.client("iam").untag_instance_profile(InstanceProfileName=existing.name, TagKeys=list(keys))
