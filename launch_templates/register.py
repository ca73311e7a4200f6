"""The calls that carry a plan out."""

import secrets
from dataclasses import dataclass
from types import MappingProxyType

from cloud import tags
from cloud.pages import split
from cloud.session import Cloud
from kiln.errors import UserError
from launch_templates.plan import Plan


@dataclass(frozen=True)
class Registered:
    """The template's id, the number of the version that says what was planned, whether it is new, which version is the
    default now, and what was deleted."""

    id: str
    version: int
    created: bool
    default: int
    deleted: tuple[int, ...]


def register(cloud: Cloud, plan: Plan, labels: tags.Tags = MappingProxyType({})) -> Registered:
    """Create what is missing, then move the default, then delete what may go: at no point is a version missing.

    `labels` are tags of a template that is new, beside Kiln's own.
    Raises UserError when AWS refuses to delete a version; by then all else is done.
    """
    ec2, template = cloud.ec2, plan.template
    if template is None:
        made = ec2.create_launch_template(
            LaunchTemplateName=plan.spec.name,
            VersionDescription=plan.description,
            LaunchTemplateData=plan.data,
            TagSpecifications=tags.make_specifications({**labels, tags.TEMPLATE: plan.spec.name}, "launch-template"),
            ClientToken=secrets.token_hex(16),
        )["LaunchTemplate"]
        return Registered(made["LaunchTemplateId"], 1, True, 1, ())
    number, default = plan.same, template.default
    if number is None:
        version = ec2.create_launch_template_version(
            LaunchTemplateId=template.id,
            VersionDescription=plan.description,
            LaunchTemplateData=plan.data,
            ClientToken=secrets.token_hex(16),
        )["LaunchTemplateVersion"]
        number = int(version["VersionNumber"])
    if plan.default is not None:
        ec2.modify_launch_template(LaunchTemplateId=template.id, DefaultVersion=str(number))
        default = number
    _delete(cloud, template.id, plan.prune)
    return Registered(template.id, number, plan.same is None, default, plan.prune)


def _delete(cloud: Cloud, template: str, numbers: tuple[int, ...]) -> None:
    """DeleteLaunchTemplateVersions takes at most 200 (Amazon EC2 API Reference) and tells failures in its answer."""
    for some in split([str(number) for number in numbers], 200):
        answer = cloud.ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=some)
        if failed := answer.get("UnsuccessfullyDeletedLaunchTemplateVersions"):
            first = failed[0]
            raise UserError(
                f"version {first.get('VersionNumber')} of {template} could not be deleted",
                str(first.get("ResponseError", {}).get("Message", "")),
                "The new version is registered all the same; delete the old one by hand.",
            )
