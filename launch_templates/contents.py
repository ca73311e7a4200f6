"""The user data of a launch template: what the machine needs and its AMI does not carry, and the user's own parts."""

from dataclasses import dataclass

from cloud import tags
from cloud.machine_images import Family, MachineImage
from kiln.errors import UserError
from launch_templates import data_volumes, rules
from launch_templates.spec import LaunchTemplateSpec
from provision.image import find_impossible, list_recipes
from provision.model import carried, downloads
from provision.model.recipe import Machine, Recipe
from userdata import boot, dense, mime, refusals
from userdata.parts import KINDS, Part, ShellScript

_STOCK_ROOT_GIB = 30  # of the ECS-optimized AMIs of Amazon Linux 2 and 2023


@dataclass(frozen=True)
class Contents:
    """The parts in the order in which cloud-init gets them, and as one MIME text (b"" where there is nothing to do).

    `delivered` are the provisioners whose work is done at boot, `carried` those whose work the AMI brings.
    """

    parts: tuple[Part, ...]
    mime: bytes
    delivered: tuple[str, ...]
    carried: tuple[str, ...]
    warnings: tuple[UserError, ...] = ()
    """What is worth knowing of parts, scripts and files, and keeps no machine from working."""


def make_contents(spec: LaunchTemplateSpec, family: Family, image: MachineImage | None) -> Contents:
    """The user data for machines of an AMI; None stands for a stock one that carries nothing.

    Raises UserError for what cannot work on that family, or is too large.
    """
    _refuse_impossible(spec, family)
    findings = rules.examine(spec, family)
    refusals.refuse(findings, spec.name, "launch_templates/reference.yaml")
    needed = {name: recipe for name, recipe in _recipes(spec, family, image).items() if recipe.files or recipe.steps}
    missing = carried.find_missing(needed, image.tags.get(tags.CARRIES, "") if image else "")
    if missing and (why := boot.explain_refusal(family)):
        raise _cannot(spec, "family", why)
    own = boot.make_boot_part(missing)
    parts = sent = _in_order(spec, own)
    if own and dense.is_possible(family) and not mime.leaves_room(parts):
        sent = _in_order(spec, dense.pack(own))
    rest = tuple(name for name in needed if name not in missing)
    warnings = (*refusals.list_warnings(findings), *data_volumes.warn(spec, image))
    return Contents(parts, mime.compose(sent), tuple(missing), rest, warnings)


def _recipes(spec: LaunchTemplateSpec, family: Family, image: MachineImage | None) -> dict[str, Recipe]:
    data, arch = spec.volumes.data, image.arch if image else "x86_64"
    disks = image.disks if image else ()
    others = [disk for disk in disks if image and disk.device != image.root_device]
    only = others[0] if len(others) == 1 else None
    return list_recipes(
        spec,
        Machine(
            family=family,
            arch=arch,
            user=spec.user,
            root_gib=(spec.volumes.root and spec.volumes.root.size) or (image.root.size if image else _STOCK_ROOT_GIB),
            data_device=data.device if data else only.device if only else None,
            data_gib=data.size if data else only.size if only else None,
            downloads=downloads.resolve_mirrors(spec.downloads),
        ),
    )


def _refuse_impossible(spec: LaunchTemplateSpec, family: Family) -> None:
    for part, why in find_impossible(spec, family).items():
        raise _cannot(spec, part, why)


def _cannot(spec: LaunchTemplateSpec, part: str, why: str) -> UserError:
    return UserError(f"{spec.name} cannot be registered", why, f"See {part} in launch_templates/reference.yaml.")


def _users(spec: LaunchTemplateSpec) -> tuple[Part, ...]:
    return tuple(KINDS[part.type](part.name, part.text) for part in spec.user_data)


def _in_order(spec: LaunchTemplateSpec, own: ShellScript | None) -> tuple[Part, ...]:
    """The user's cloud-configs and boothooks, which run early anyway, then Kiln's script, then the user's scripts."""
    users = _users(spec)
    early = tuple(part for part in users if not isinstance(part, ShellScript))
    late = tuple(part for part in users if isinstance(part, ShellScript))
    return (*early, *((own,) if own else ()), *late)
