"""The instance profile: what carries the instance role onto a machine. AWS Batch wants the profile, not the role."""

from collections.abc import Mapping, Sequence

from cloud import errors, propagation, tags
from cloud.session import Cloud
from environments.model import resource
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Wanted

KIND = "instance profile"


def desired(ground: Ground) -> tuple[Wanted, ...]:
    roles, foreign = ground.spec.roles, ground.spec.iam == "existing"
    return (Wanted(KIND, roles.profile, {"role": roles.instance}, ground.tags, foreign=foreign),)


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    found = {}
    for each in wanted:
        answer = errors.or_none(cloud.client("iam").get_instance_profile, InstanceProfileName=each.name)
        if answer is None:
            continue
        profile = answer["InstanceProfile"]
        role = next((role["RoleName"] for role in profile["Roles"]), "")
        found[each.name] = Found(KIND, each.name, profile["Arn"], {"role": role}, tags.as_dict(profile.get("Tags")))
    return found


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    return resource.differences(wanted.fields, found.fields)


def create(cloud: Cloud, wanted: Wanted) -> str:
    iam = cloud.client("iam")
    made = iam.create_instance_profile(InstanceProfileName=wanted.name, Tags=tags.as_list(wanted.tags))
    propagation.seen(iam.add_role_to_instance_profile, InstanceProfileName=wanted.name, RoleName=wanted.fields["role"])
    return str(made["InstanceProfile"]["Arn"])


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    """A profile holds one role at most: the old one leaves first."""
    iam = cloud.client("iam")
    for change in changes:
        if change.before:
            iam.remove_role_from_instance_profile(InstanceProfileName=found.name, RoleName=change.before)
        propagation.seen(iam.add_role_to_instance_profile, InstanceProfileName=found.name, RoleName=change.after)
    return found.id


def delete(cloud: Cloud, found: Found) -> None:
    iam = cloud.client("iam")
    with errors.gone_is_fine():
        if found.fields["role"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=found.name, RoleName=found.fields["role"])
    with errors.gone_is_fine():
        iam.delete_instance_profile(InstanceProfileName=found.name)


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    cloud.client("iam").tag_instance_profile(InstanceProfileName=found.name, Tags=tags.as_list(labels))


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    cloud.client("iam").untag_instance_profile(InstanceProfileName=found.name, TagKeys=list(keys))
