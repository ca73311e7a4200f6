"""Preflight: everything that can be known before anything costs money."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from cloud import errors, kms
from cloud.session import Cloud
from images.amis import base, catalogue
from images.amis.base import BaseImage
from images.plan import address, key, placement, volumes
from images.plan.estimate import Estimate, estimate
from images.plan.placement import Placement
from images.spec.bases import ALIASES
from images.spec.image import ImageSpec
from kiln.errors import UserError
from provision.image import image_checks, image_recipe, image_recipes, impossible
from provision.model import carried, downloads
from provision.model.recipe import Check, Machine, Recipe
from provision.provisioners import hygiene_checks


@dataclass(frozen=True)
class Plan:
    """All decisions of a build. `mappings` are RunInstances' BlockDeviceMappings; `ssh_from` a CIDR or None."""

    spec: ImageSpec
    base: BaseImage
    recipe: Recipe
    key: str
    inputs: dict[str, str]
    ami_name: str
    mappings: list[dict[str, Any]]
    placements: list[Placement]
    ssh_from: str | None
    estimate: Estimate
    folder: Path
    build_id: str
    existing: catalogue.Entry | None
    why: str
    carries: str = ""
    """The value of the tag `kiln:carries`."""

    @property
    def vpc(self) -> str:
        return self.placements[0].subnet.vpc


def machine_of(spec: ImageSpec, found: BaseImage) -> Machine:
    """What the recipe may know of the machine."""
    data = spec.volumes.data
    return Machine(
        family=spec.family,
        arch=found.arch,
        user=spec.builder.user,
        root_gib=spec.volumes.root.size or found.root.size,
        data_device=data.device if data else None,
        data_gib=data.size if data else None,
        downloads=downloads.resolved(spec.downloads),
    )


def prepare(cloud: Cloud, spec: ImageSpec, root: Path) -> Plan:
    """The plan of a build; raises UserError for whatever would make it fail later. `root` holds local build folders."""
    refuse_impossible(spec)
    cloud.account()
    found = base.find(cloud, spec)
    mappings = volumes.mappings(spec.volumes, found)
    kms.usable(cloud, (spec.volumes.root, spec.volumes.data))
    places = placement.placements(cloud, spec, found)
    machine = machine_of(spec, found)
    recipe = image_recipe(spec, machine)
    build_key = key.key(spec, found.id, recipe)
    inputs = key.inputs(spec, found.id, recipe)
    known = catalogue.entries(cloud, spec.name)
    usable = [entry for entry in known if entry.status in catalogue.USABLE]
    folder = root / spec.name / build_key[:8]
    return Plan(
        spec, found, recipe, build_key, inputs,
        ami_name=free_name(cloud, spec, build_key),
        mappings=mappings,
        placements=places,
        ssh_from=address.allowed_from(spec.builder),
        estimate=estimate(cloud, root / spec.name, places[0].instance_type, mappings),
        folder=folder,
        build_id=f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        existing=catalogue.with_key(known, build_key),
        why=key.why(key.from_tag(usable[0].inputs) if usable else {}, inputs),
        carries=carried.as_tag(image_recipes(spec, machine)),
    )  # fmt: skip


def refuse_impossible(spec: ImageSpec) -> None:
    """What the definition alone shows to be impossible."""
    for part, refusal in impossible(spec, spec.family).items():
        raise UserError(f"{spec.name} cannot be built", refusal, f"See {part} in images/reference.yaml.")
    if spec.share.accounts:
        for volume in (spec.volumes.root, spec.volumes.data):
            if volume and volume.encrypted and not volume.kms_key:
                raise UserError(
                    "an image encrypted with the account's default key cannot be shared",
                    "other accounts have no access to aws/ebs (Amazon EC2 User Guide, Share an AMI)",
                    "Name a customer managed kms_key for every volume, or leave share out.",
                )


def ended(spec: ImageSpec) -> str:
    """The day the base's support ended, or ""."""
    return ALIASES[spec.base.ssm].ended if spec.base.ssm else ""


def free_name(cloud: Cloud, spec: ImageSpec, build_key: str) -> str:
    """The AMI's name, free in this account and region.

    A default name that is taken (a build forced again on the same day) gets a number; a name that the definition
    fixes is refused, for it would be a surprise to find it changed.
    """
    wanted = spec.ami_name.format(name=spec.name, date=f"{datetime.now(UTC):%Y%m%d}", key=build_key[:8])
    filters = [{"Name": "name", "Values": [wanted, f"{wanted}-*"]}]
    taken = {image["Name"]: image["ImageId"] for image in base.describe(cloud, Owners=["self"], Filters=filters)}
    if wanted not in taken:
        return wanted
    if "ami_name" in spec.model_fields_set:
        raise UserError(
            f"the AMI name {wanted} is taken",
            f"{taken[wanted]} has it, and names are unique in an account and region",
            "Put {date} or {key} into ami_name, or deregister that AMI.",
        )
    return next(name for name in (f"{wanted}-{n}" for n in range(2, 1000)) if name not in taken)


def allowed(call: Callable[..., Any], **parameters: Any) -> None:
    """Ask AWS by DryRun whether a call would be allowed; raises UserError when it is not, or is faulty."""
    try:
        call(**parameters, DryRun=True)
    except Exception as error:
        if errors.code(error) == "DryRunOperation":
            return
        told = errors.translate(error)
        if told is None:
            raise
        raise told from error
    raise AssertionError("AWS answered a DryRun without DryRunOperation")


def checks_of(
    plan: Plan, where: Literal["builder", "image"], builder: hygiene_checks.Builder | None = None
) -> tuple[Check, ...]:
    """The checks that hold on the builder, or on a machine booted from the AMI: there behind hygiene's.

    Hygiene comes first because it looks at what lies on the disk, while Docker is still starting. `builder` is what is
    known of the machine that the image was made on.
    """
    own = tuple(Check(test.name, test.script, test.timeout) for test in plan.spec.tests)
    common = tuple(check for check in plan.recipe.checks if check.on == "everywhere") + own
    return common if where == "builder" else image_checks(plan.spec, builder) + common
