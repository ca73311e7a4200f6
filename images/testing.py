"""`invoke test-ami`: the acceptance boot of any AMI."""

from pathlib import Path
from typing import Any

from cloud import tags
from cloud.session import Cloud
from images.amis import base
from images.plan import boot, key
from images.plan.boot import Boot
from images.spec import definitions
from kiln import typed
from kiln.errors import UserError
from provision.image import make_image_recipe


def prepare(cloud: Cloud, ami: str, image: str | None, root: Path) -> tuple[Boot, dict[str, Any]]:
    """What is to be booted, and DescribeImages' entry of the AMI; raises UserError where the AMI is unknown.

    The definition whose checks are run is `image`, or the one that the AMI's own tag names.
    """
    images = base.describe(cloud, ImageIds=[ami])
    if not images:
        raise UserError(
            f"there is no {ami} in {cloud.region}",
            "AWS has no AMI of that id in this region",
            f"Check the id and --region; {typed.command('list-amis')} shows Kiln's.",
        )
    own = tags.as_dict(images[0].get("Tags"))
    name = image or own.get(tags.IMAGE)
    if not name:
        raise UserError(
            f"{ami} was not made by Kiln",
            "its checks are unknown",
            "Name the definition whose checks it must pass: --image nextflow-al2023.",
        )
    spec = definitions.load(name)
    described = base.from_description(images[0])
    recipe = make_image_recipe(spec, boot.describe_machine(spec, described))
    build_key = own.get(tags.KEY) or key.make_key(spec, ami, recipe)
    return boot.prepare(cloud, spec, described, recipe, build_key, root / spec.name / f"test-{ami}"), images[0]
