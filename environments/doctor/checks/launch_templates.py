"""Launch templates: gone, behind, or used without a fixed version."""

from collections.abc import Iterator

from cloud.machine_images import MachineImage, from_description
from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.facts.compute_environments import (
    Described,
    images_of,
    name_of,
    template_data,
    template_of,
)
from environments.doctor.facts.picture import Picture
from kiln.errors import UserError
from launch_templates.data_volumes import list_unused
from launch_templates.versions import OWN, Template
from provision.docker.unused_volume import describe


def check_versions(picture: Picture) -> Iterator[Finding]:
    """Find launch templates that are gone, and versions that are gone, behind, or not fixed by a number."""
    for environment in picture.scope.environments:
        if template_of(environment)[0] and (finding := _check(picture, environment)):
            yield finding


def check_volumes(picture: Picture) -> Iterator[Finding]:
    """Find data volumes of launch templates that nothing on the machines uses, by the plan's own rule."""
    for environment in picture.scope.environments:
        data = template_data(environment, picture.templates)
        described = [picture.images[ami] for ami in images_of(environment, picture.templates) if ami in picture.images]
        for image in map(_read_image, described):
            for device, size in list_unused(data, image) if image else ():
                what, why, hint = describe(device, size, name_of(environment))
                fix = f"{hint[0].lower()}{hint[1:].rstrip('.')}; then {picture.scope.register_command}"
                yield warning(what, why, fix, " v".join(template_of(environment)))


def _read_image(described: Described) -> MachineImage | None:
    try:
        return from_description(dict(described))
    except (UserError, KeyError):  # no EBS-backed AMI
        return None


def _check(picture: Picture, environment: Described) -> Finding | None:
    name, version = template_of(environment)
    template, resource = picture.templates.get(name), f"{name} v{version}"
    register, user = picture.scope.register_command, name_of(environment)
    if template is None:
        return error(f"the launch template {name} is gone", f"no machine starts in {user}",
                     f"{register} registers it again", resource)  # fmt: skip
    if version.startswith("$"):
        return warning(
            f"{user} pins no version of {name}, but names {version}",
            f"AWS Batch read what {version} means when {user} was made or last updated, and does not read it again",
            f"{register} pins a number",
            resource,
        )
    if not any(str(existing.number) == version for existing in template.versions):
        return error(f"the launch template {name} has no version {version} any more", f"no machine starts in {user}",
                     f"{register} pins another version", resource)  # fmt: skip
    if (newer := _newer_version(picture, environment, template, int(version))) is not None:
        return warning(
            f"{user} is behind: {template.name} has v{newer}, it pins v{version}",
            "its machines start with the older version",
            f"{register} --plan shows what differs",
            resource,
        )
    return None


def _newer_version(picture: Picture, environment: Described, template: Template, version: int) -> int | None:
    """The newest later version of Kiln's that is meant for this compute environment too.

    Environments share a template and pin versions of their own: a version that somebody else pins, or that treats the
    tasks' credentials in another way (the metadata service's hop limit), is not meant.
    """
    mine = {name_of(member) for member in picture.scope.environments}
    others = {template_of(other) for other in picture.scope.region_environments if name_of(other) not in mine}
    hops = _hop_limit(template_data(environment, picture.templates))
    later = [
        newer.number
        for newer in template.versions
        if newer.number > version
        and newer.description.startswith(OWN)
        and _hop_limit(newer.data) == hops
        and not {(template.name, str(newer.number)), (template.id, str(newer.number))} & others
    ]
    return max(later, default=None)


def _hop_limit(data: Described) -> int:
    return int((data.get("MetadataOptions") or {}).get("HttpPutResponseHopLimit") or 0)
