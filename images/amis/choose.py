"""Which AMI a launch template or an environment means: `latest`, an alias of the ECS-optimized AMIs, or an id."""

from typing import get_args

from cloud import tags
from cloud.machine_images import Chosen, Family, MachineImage, describe, from_description
from cloud.session import Cloud
from images.amis import base, catalogue
from images.spec.bases import ALIASES
from kiln import typed, words
from kiln.errors import UserError


def choose(cloud: Cloud, name: str, image: str | None) -> Chosen:
    """The AMI that `name` stands for in the cloud's region; `image` is the definition whose `latest` is meant.

    Raises UserError where there is none.
    """
    if name == "latest":
        return _latest(cloud, image)
    if name in ALIASES:
        described = _described(cloud, base.read_parameter(cloud, name))
        return Chosen(described, f"the newest {name}, {words.format_age(described.created)}", ALIASES[name].family)
    if name.startswith("ami-"):
        described = _described(cloud, name)
        status = described.tags.get(tags.STATUS)
        known = f"named, {status} AMI of {described.tags.get(tags.IMAGE)}" if status else "named"
        return Chosen(described, known, _family(described), described.tags.get(tags.KEY, ""))
    raise UserError(f"{name} is not an AMI", "it is not latest, an id or an alias", f"Aliases: {', '.join(ALIASES)}.")


def find_family(name: str) -> Family | None:
    """The family behind an alias, without asking AWS; None for anything else."""
    return ALIASES[name].family if name in ALIASES else None


def _latest(cloud: Cloud, image: str | None) -> Chosen:
    """The newest AMI of the image that is tested or live: a candidate may be broken, a retired one is to be deleted."""
    if not image:
        raise UserError(
            "latest needs an image",
            "the definition names no image whose newest AMI could be meant",
            "Add image: nextflow-al2023 to it, or name an AMI or an alias: --ami ecs/al2023.",
        )
    known = catalogue.list_entries(cloud, image)
    usable = [entry for entry in known if entry.status in catalogue.USABLE and entry.state == "available"]
    if not usable:
        others = ", ".join(f"{entry.id} ({entry.status or 'no status'}, {entry.state})" for entry in known[:3])
        raise UserError(
            f"{image} has no tested AMI in {cloud.region}",
            f"there is only {others}" if others else "none was built in this account and region",
            f"Build one: {typed.command(f'build-ami --image {image}')}; or take a stock one: --ami ecs/al2023.",
        )
    entry = usable[0]
    described = _described(cloud, entry.id)
    among = f"the newest of {len(usable)} usable AMIs" if len(usable) > 1 else "the only usable AMI"
    why = f"{among} of {image}: {entry.status}, {words.format_age(entry.created)}"
    return Chosen(described, why, _family(described), entry.key)


def _described(cloud: Cloud, ami: str) -> MachineImage:
    images = describe(cloud, ImageIds=[ami])
    if not images:
        raise UserError(
            f"there is no {ami} in {cloud.region}",
            "AWS has no AMI of that id in this region",
            f"Check the id and --region; {typed.command('list-amis')} shows Kiln's.",
        )
    if images[0].get("State", "available") != "available":
        raise UserError(f"{ami} cannot be used", f"it is {images[0]['State']}", "Name another AMI.")
    return from_description(images[0])


def _family(image: MachineImage) -> Family | None:
    return next((family for family in get_args(Family) if family == image.tags.get(tags.FAMILY)), None)
