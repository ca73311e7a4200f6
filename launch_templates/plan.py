"""What registering a launch template would do: all decisions, before anything is changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cloud import kms
from cloud.machine_images import Chosen, Family
from cloud.session import Cloud
from kiln.errors import UserError
from launch_templates import usage, versions
from launch_templates.contents import Contents, make_contents
from launch_templates.data import make_data
from launch_templates.spec import LaunchTemplateSpec
from launch_templates.usage import Usage
from launch_templates.versions import Template


class Chooser(Protocol):
    """The room that knows AMIs: `choose` says which AMI a name stands for; `find_family` asks AWS nothing."""

    def choose(self, cloud: Cloud, name: str, image: str | None) -> Chosen: ...

    def find_family(self, name: str) -> Family | None: ...


@dataclass(frozen=True)
class Plan:
    """What registering would do.

    `template` is the launch template as it is, None where there is none. `same` is the number of a version that has
    the same data already, `changes` are the keys in which the data differs from the default version's. `default` is
    the number of the default version afterwards, where it changes; `prune` are the versions to be deleted.
    """

    spec: LaunchTemplateSpec
    chosen: Chosen
    contents: Contents
    data: Mapping[str, Any]
    description: str
    template: Template | None
    same: int | None
    changes: tuple[str, ...]
    default: int | None
    prune: tuple[int, ...]
    usage: Usage

    @property
    def number(self) -> int:
        """The number of the version with this data: an existing one, or the next.

        EC2 never gives a number twice: where others register at the same time, or deleted the newest version, the
        number may become another.
        """
        if self.same is not None:
            return self.same
        return self.template.latest + 1 if self.template else 1

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

    `names_image` as in `make_data`; `environments` are the compute environments as Batch describes them,
    asked for where they are not given.
    """
    family = find_family(spec, chosen)
    made = make_contents(spec, family, chosen.image)
    data = make_data(spec, chosen.image, made.mime, names_image=names_image)
    kms.check_usable(cloud, (spec.volumes.root, spec.volumes.data))
    template = versions.find(cloud, spec.name)
    used = _usage(cloud, template, environments)
    same = template.with_data(data) if template else None
    number = same.number if same else None
    moves = set_default and template is not None and number != template.default
    target = (number or template.latest + 1) if moves and template else None
    return Plan(
        spec, chosen, made, data, describe(spec, chosen), template, number,
        changes=versions.compare_data(template.version(template.default).data, data) if template else (),
        default=target,
        prune=_prune(template, spec, used, new=same is None, default=target),
        usage=used,
    )  # fmt: skip


def _usage(cloud: Cloud, template: Template | None, environments: list[dict[str, Any]] | None) -> Usage:
    if template is None:
        return Usage({})
    return usage.find(cloud, template) if environments is None else usage.list_usage(environments, template)


def _prune(
    template: Template | None, spec: LaunchTemplateSpec, used: Usage, *, new: bool, default: int | None
) -> tuple[int, ...]:
    """As it will be: with the new version among those that are kept, and the default where it will stand."""
    if template is None:
        return ()
    coming = versions.Version(template.latest + 1, {}, versions.OWN)
    later = Template(
        template.id, template.name, default or template.default, ((coming,) if new else ()) + template.versions
    )
    return versions.list_prunable(later, spec.keep_versions, used.uses(template))


def describe(spec: LaunchTemplateSpec, chosen: Chosen) -> str:
    """The version's description: the image, the AMI and its build key (at most 255 characters)."""
    key = f"key {chosen.key[:8]}" if chosen.key else "not built by Kiln"
    return f"{versions.OWN}{spec.image or 'stock'}, {chosen.image.id}, {key}"


def find_family(spec: LaunchTemplateSpec, chosen: Chosen) -> Family:
    """al1, al2 or al2023: as the alias or the AMI's tag says, else as the definition does; raises UserError."""
    family = chosen.family or spec.family
    if family is None:
        raise UserError(
            f"the family of {chosen.image.id} is unknown",
            "the AMI has no tag kiln:family, and the definition does not name one",
            "Give family: al2023 (or al2) in the definition.",
        )
    if chosen.family and spec.family and chosen.family != spec.family:
        raise UserError(
            f"{chosen.image.id} is {chosen.family}",
            f"the definition says family: {spec.family}",
            "Choose another AMI, or leave family out.",
        )
    return family
