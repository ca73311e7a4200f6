"""Preflight: everything that can be known before anything costs money."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloud import kms
from cloud.session import Cloud
from images.amis import base, catalogue, nvidia
from images.amis.base import BaseImage
from images.plan import boot, builder_role, key, volumes
from images.plan.boot import Boot
from images.plan.builder_role import BuilderRole
from images.plan.estimate import Estimate, estimate
from images.spec import rules
from images.spec.bases import ALIASES
from images.spec.image import ImageSpec
from kiln.errors import UserError
from provision.image import list_image_recipes, make_image_recipe
from provision.model import carried
from userdata import refusals


@dataclass(frozen=True)
class Plan:
    """What is to be built, and the machines that are booted for it. `mappings` are RunInstances' BlockDeviceMappings.

    `inputs` are the inputs of the build key by name, `why` says in words which of them changed; `carries` is the value
    of the tag `kiln:carries`. `existing` is an AMI that has the same key already.
    """

    boot: Boot
    base: BaseImage
    ami_name: str
    mappings: list[dict[str, Any]]
    inputs: dict[str, str]
    why: str
    carries: str
    estimate: Estimate
    existing: catalogue.Entry | None
    driver: nvidia.Driver = "unknown"
    """Whether the AMI will have NVIDIA's driver."""
    role: BuilderRole = field(default_factory=BuilderRole)
    """What is known of the builder's role."""


def prepare(cloud: Cloud, spec: ImageSpec, root: Path) -> Plan:
    """The plan of a build; raises UserError for whatever would make it fail later. `root` holds local build folders."""
    refuse_impossible(spec)
    cloud.account()
    start = base.find(cloud, spec)
    mappings = volumes.map_volumes(spec.volumes, start)
    kms.check_usable(cloud, (spec.volumes.root, spec.volumes.data))
    machine = boot.describe_machine(spec, start)
    recipe = make_image_recipe(spec, machine)
    build_key = key.make_key(spec, start.id, recipe)
    inputs = key.digest_inputs(spec, start.id, recipe)
    machines = boot.prepare(cloud, spec, start, recipe, build_key, root / spec.name / build_key[:8])
    entries = catalogue.list_entries(cloud, spec.name)
    usable = [entry for entry in entries if entry.status in catalogue.USABLE]
    return Plan(
        machines, start,
        ami_name=find_free_name(cloud, spec, build_key),
        mappings=mappings,
        inputs=inputs,
        why=key.explain(key.from_tag(usable[0].inputs) if usable else {}, inputs),
        carries=carried.as_tag(list_image_recipes(spec, machine)),
        estimate=estimate(cloud, root / spec.name, machines.placements[0].instance_type, mappings),
        existing=catalogue.find_by_key(entries, build_key),
        role=builder_role.check(cloud, spec),
        driver=nvidia.record(nvidia.tell_driver(start.name, start.owner, start.tags), [spec.model_dump_json()]),
    )  # fmt: skip


def refuse_impossible(spec: ImageSpec) -> None:
    """Raise UserError for what the definition alone shows to be impossible."""
    refusals.refuse(rules.find_impossible_parts(spec), spec.name, "images/reference.yaml")


def find_end_of_support(spec: ImageSpec) -> str:
    """The day the support for the base AMI ended, or ""."""
    return ALIASES[spec.base.ssm].ended if spec.base.ssm else ""


def find_free_name(cloud: Cloud, spec: ImageSpec, build_key: str) -> str:
    """The AMI's name, free in this account and region.

    A default name that is taken (a build forced again on the same day) gets a number; a name that the definition
    fixes is refused, for it would be a surprise to find it changed.
    """
    name = spec.ami_name.format(name=spec.name, date=f"{datetime.now(UTC):%Y%m%d}", key=build_key[:8])
    filters = [{"Name": "name", "Values": [name, f"{name}-*"]}]
    taken = {image["Name"]: image["ImageId"] for image in base.describe(cloud, Owners=["self"], Filters=filters)}
    if name not in taken:
        return name
    if "ami_name" in spec.model_fields_set:
        raise UserError(
            f"the AMI name {name} is taken",
            f"{taken[name]} has it, and names are unique in an account and region",
            "Put {date} or {key} into ami_name, or deregister that AMI.",
        )
    return next(numbered for n in range(2, 1000) if (numbered := f"{name}-{n}") not in taken)
