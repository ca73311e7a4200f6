"""What is to be booted: machines of a definition, in a build and in the test of an AMI alike."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cloud import tags
from cloud.session import Cloud
from images.amis.base import BaseImage
from images.plan import address, placement
from images.plan.placement import Placement
from images.spec.image import ImageSpec
from provision.hygiene.checks import Builder
from provision.image import list_image_checks
from provision.model import downloads
from provision.model.recipe import Check, Machine, Recipe


@dataclass(frozen=True)
class Boot:
    """`key` is the build key of the AMI, `placements` where a machine may run, the preferred first.

    `ssh_from` is the CIDR that may reach port 22, None where no port is opened. `tags` are those of everything
    temporary, `folder` is where the journal is written.
    """

    spec: ImageSpec
    recipe: Recipe
    key: str
    placements: list[Placement]
    ssh_from: str | None
    build_id: str
    tags: Mapping[str, str]
    folder: Path

    @property
    def vpc(self) -> str:
        """The id of the VPC that all placements lie in."""
        return self.placements[0].subnet.vpc

    def builder_checks(self) -> tuple[Check, ...]:
        """The checks that hold on the builder: those of the recipe, and the definition's own tests."""
        own = tuple(Check(test.name, test.script, test.timeout) for test in self.spec.tests)
        return tuple(check for check in self.recipe.checks if check.on == "everywhere") + own

    def image_checks(self, builder: Builder | None = None) -> tuple[Check, ...]:
        """The checks that hold on a machine booted from the AMI; `builder` is what is known of the builder.

        Those of the hygiene come first, because they read the disk, while Docker is still starting.
        """
        return list_image_checks(self.spec, builder) + self.builder_checks()


def prepare(cloud: Cloud, spec: ImageSpec, base: BaseImage, recipe: Recipe, key: str, folder: Path) -> Boot:
    """Where machines with this architecture can run and be reached; raises UserError where they cannot."""
    build_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Boot(
        spec, recipe, key,
        placements=placement.list_placements(cloud, spec, base),
        ssh_from=address.find_allowed_range(spec.builder),
        build_id=build_id,
        tags=make_owner_tags(spec.name, build_id, spec.builder.time_limit),
        folder=folder,
    )  # fmt: skip


def describe_machine(spec: ImageSpec, base: BaseImage) -> Machine:
    """What a recipe may know of the machine that starts from an AMI."""
    data = spec.volumes.data
    return Machine(
        family=spec.family,
        arch=base.arch,
        user=spec.builder.user,
        root_gib=spec.volumes.root.size or base.root.size,
        data_device=data.device if data else None,
        data_gib=data.size if data else None,
        downloads=downloads.resolve_mirrors(spec.downloads),
    )


def make_owner_tags(image: str, build_id: str, time_limit: int) -> dict[str, str]:
    """The tags of everything temporary: whose it is and when it may be swept away (`time_limit` in seconds)."""
    expires = datetime.now(UTC) + timedelta(seconds=time_limit)
    return {
        "Name": f"kiln-{image}-{build_id}",
        tags.IMAGE: image,
        tags.BUILD: build_id,
        tags.EXPIRES: expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
