"""`invoke test-ami`: the acceptance boot of any AMI."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloud import tags
from cloud.session import Cloud
from images.acceptance import acceptance
from images.acceptance.acceptance import Accepted
from images.amis import base
from images.builder import launch
from images.builder.keep import OnError
from images.plan import address, key, placement, volumes
from images.plan.estimate import Estimate
from images.plan.plan import Plan, machine_of
from images.record.report import Report
from images.spec import definitions
from kiln import typed
from kiln.errors import UserError
from provision.image import image_recipe


def prepare(cloud: Cloud, ami: str, image: str | None, root: Path) -> tuple[Plan, dict[str, Any]]:
    """A plan whose base is the AMI itself, and DescribeImages' entry of it; raises UserError where it is unknown.

    The definition whose checks are run is `image`, or the one that the AMI's own tag names.
    """
    found = base.describe(cloud, ImageIds=[ami])
    if not found:
        raise UserError(
            f"there is no {ami} in {cloud.region}",
            "",
            f"Check the id and --region; {typed.command('list-amis')} shows Kiln's.",
        )
    own = tags.as_dict(found[0].get("Tags"))
    name = image or own.get(tags.IMAGE)
    if not name:
        raise UserError(
            f"{ami} was not made by Kiln", "its checks are unknown", "Name the definition to test it by: --image."
        )
    spec = definitions.load(name)
    described = base.from_description(found[0])
    recipe = image_recipe(spec, machine_of(spec, described))
    plan = Plan(
        spec, described, recipe, own.get(tags.KEY) or key.key(spec, ami, recipe), key.inputs(spec, ami, recipe),
        ami_name=described.name,
        mappings=volumes.from_image(described),
        placements=placement.placements(cloud, spec, described),
        ssh_from=address.allowed_from(spec.builder),
        estimate=Estimate(0, None, None),
        folder=root / spec.name / f"test-{ami}",
        build_id=f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        existing=None,
        why="",
    )  # fmt: skip
    return plan, found[0]


def run(cloud: Cloud, plan: Plan, image: dict[str, Any], report: Report, on_error: OnError) -> Accepted:
    """Boot the AMI and check it; raises UserError when a check fails."""
    own = launch.owner_tags(plan.spec.name, plan.build_id, plan.spec.builder.time_limit)
    return acceptance.boot_and_check(cloud, plan, image, own, report, None, on_error=on_error)
