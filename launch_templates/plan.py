"""What registering a launch template would do: all decisions, before anything is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cloud import kms
from cloud.machine_images import Chosen, Family
from cloud.session import Cloud
from kiln.errors import UserError
from launch_templates import usage, versions
from launch_templates.contents import Contents, contents
from launch_templates.data import launch_template_data
from launch_templates.spec import LaunchTemplateSpec
from launch_templates.usage import Usage
from launch_templates.versions import Template


class Chooser(Protocol):
    """Who knows images: `choose` says which AMI a name stands for, `family` what an alias is without asking AWS."""

    def choose(self, cloud: Cloud, wanted: str, image: str | None) -> Chosen: ...

    def family(self, wanted: str) -> Family | None: ...


@dataclass(frozen=True)
class Plan:
    """`found` is the template as it is, None where there is none; `same` the number of a version that says the same
    already; `changes` the keys in which the data differs from the default version's. `default` is the number of the
    default version afterwards where it changes. `prune` are the versions to be deleted."""

    spec: LaunchTemplateSpec
    chosen: Chosen
    contents: Contents
    data: Mapping[str, Any]
    description: str
    found: Template | None
    same: int | None
    changes: tuple[str, ...]
    default: int | None
    prune: tuple[int, ...]
    usage: Usage

    @property
    def number(self) -> int:
        """The version that says this: the one there is, or the next. EC2 never gives a number twice, so where others
        register at the same time, or deleted the newest, it may become another."""
        if self.same is not None:
            return self.same
        return self.found.latest + 1 if self.found else 1

    @property
    def something_to_do(self) -> bool:
        return self.same is None or self.default is not None or bool(self.prune)


def prepare(
    cloud: Cloud,
    spec: LaunchTemplateSpec,
    chosen: Chosen,
    *,
    set_default: bool,
    names_image: bool = True,
    environments: list[dict[str, Any]] | None = None,
) -> Plan:
    """The plan for an AMI; raises UserError for whatever would fail at registration, or at launch.

    `names_image` as in `launch_template_data`; `environments` are the compute environments as Batch describes them,
    asked for where they are not given.
    """
    family = family_of(spec, chosen)
    made = contents(spec, family, chosen.image)
    data = launch_template_data(spec, chosen.image, made.mime, names_image=names_image)
    kms.usable(cloud, (spec.volumes.root, spec.volumes.data))
    found = versions.find(cloud, spec.name)
    used = _usage(cloud, found, environments)
    same = found.with_data(data) if found else None
    number = same.number if same else None
    moves = set_default and found is not None and number != found.default
    target = (number or found.latest + 1) if moves and found else None
    return Plan(
        spec, chosen, made, data, describe(spec, chosen), found, number,
        changes=versions.differences(found.version(found.default).data, data) if found else (),
        default=target,
        prune=_prune(found, spec, used, new=same is None, default=target),
        usage=used,
    )  # fmt: skip


def _usage(cloud: Cloud, found: Template | None, environments: list[dict[str, Any]] | None) -> Usage:
    if found is None:
        return Usage({})
    return usage.find(cloud, found) if environments is None else usage.of(environments, found)


def _prune(
    found: Template | None, spec: LaunchTemplateSpec, used: Usage, *, new: bool, default: int | None
) -> tuple[int, ...]:
    """As it will be: with the new version among those that are kept, and the default where it will stand."""
    if found is None:
        return ()
    coming = versions.Version(found.latest + 1, {}, versions.OWN)
    later = Template(found.id, found.name, default or found.default, ((coming,) if new else ()) + found.versions)
    return versions.to_prune(later, spec.keep_versions, used.uses(found))


def describe(spec: LaunchTemplateSpec, chosen: Chosen) -> str:
    """The version's description: the image, the AMI and its build key (at most 255 characters)."""
    key = f"key {chosen.key[:8]}" if chosen.key else "not built by Kiln"
    return f"{versions.OWN}{spec.image or 'stock'}, {chosen.image.id}, {key}"


def family_of(spec: LaunchTemplateSpec, chosen: Chosen) -> Family:
    """al1, al2 or al2023: as the alias or the AMI's tag says, else as the definition does; raises UserError."""
    family = chosen.family or spec.family
    if family is None:
        raise UserError(
            f"what is {chosen.image.id}?",
            "the AMI carries no tag of Kiln's, and the definition does not say what it is made of",
            "Give family: al2023 (or al2) in the definition.",
        )
    if chosen.family and spec.family and chosen.family != spec.family:
        raise UserError(
            f"{chosen.image.id} is {chosen.family}",
            f"the definition says family: {spec.family}",
            "Choose another AMI, or leave family out.",
        )
    return family
