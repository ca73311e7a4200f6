"""The instance profile: what carries the instance role onto a machine. AWS Batch wants the profile, not the role."""

from collections.abc import Mapping, Sequence

from cloud import errors, propagation, tags
from cloud.session import Cloud
from environments.model import resource
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing

KIND = "instance profile"


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    roles, foreign = inputs.spec.roles, inputs.spec.iam == "existing"
    return (Desired(KIND, roles.profile, {"role": roles.instance}, inputs.tags, foreign=foreign),)


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    found = {}
    for each in desired:
        answer = errors.or_none(cloud.client("iam").get_instance_profile, InstanceProfileName=each.name)
        if answer is None:
            continue
        profile = answer["InstanceProfile"]
        role = next((role["RoleName"] for role in profile["Roles"]), "")
        found[each.name] = Existing(KIND, each.name, profile["Arn"], {"role": role}, tags.as_dict(profile.get("Tags")))
    return found


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    return resource.differences(desired.fields, existing.fields)


def create(cloud: Cloud, desired: Desired) -> str:
    iam = cloud.client("iam")
    made = iam.create_instance_profile(InstanceProfileName=desired.name, Tags=tags.as_list(desired.tags))
    propagation.seen(
        iam.add_role_to_instance_profile, InstanceProfileName=desired.name, RoleName=desired.fields["role"]
    )
    return str(made["InstanceProfile"]["Arn"])


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    """A profile holds one role at most: the old one leaves first."""
    iam = cloud.client("iam")
    for change in changes:
        if change.before:
            iam.remove_role_from_instance_profile(InstanceProfileName=existing.name, RoleName=change.before)
        propagation.seen(iam.add_role_to_instance_profile, InstanceProfileName=existing.name, RoleName=change.after)
    return existing.id


def delete(cloud: Cloud, existing: Existing) -> None:
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
