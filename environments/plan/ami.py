"""Which AMI an environment is to run: latest, previous, ecs-optimized, an alias or an id."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cloud.machine_images import Chosen, Family
from cloud.session import Cloud
from environments.model import ownership
from environments.model.ownership import Memory
from environments.spec.environment import EnvironmentSpec
from images.amis import choose as images
from images.spec import definitions as image_definitions
from kiln import typed
from kiln.errors import UserError

# How the names of the ECS-optimized AMIs begin ("Amazon ECS-optimized Linux AMIs", Amazon ECS Developer Guide).
_PUBLISHED: tuple[tuple[str, Family], ...] = (("al2023-ami-ecs-", "al2023"), ("amzn2-ami-ecs-", "al2"))


def choose(cloud: Cloud, spec: EnvironmentSpec, desired: str, described: Sequence[dict[str, Any]]) -> Chosen:
    """The AMI behind `wanted` ("": the definition's); `described` are the region's compute environments.

    Raises UserError where there is none.
    """
    name = desired or spec.ami
    if name == "previous":
        ami = previous(spec, memories(spec, described))
        return _with_family(images.choose(cloud, ami, spec.image))
    if name == "ecs-optimized":
        return images.choose(cloud, stock(spec.image), spec.image)
    return _with_family(images.choose(cloud, name, spec.image))


def _with_family(chosen: Chosen) -> Chosen:
    """A stock AMI that is named by its id carries no tag of Kiln's, but a name of AWS's."""
    named = next((family for begin, family in _PUBLISHED if chosen.image.name.startswith(begin)), None)
    return replace(chosen, family=chosen.family or named)


def memories(spec: EnvironmentSpec, described: Sequence[dict[str, Any]]) -> list[Memory]:
    """What the tags of the environment's compute environments remember."""
    return [
        ownership.memory(each["tags"], spec.name)
        for each in sorted(described, key=lambda each: str(each["computeEnvironmentName"]))
        if ownership.carries(each, spec.name)
    ]


def previous(spec: EnvironmentSpec, remembered: Sequence[Memory]) -> str:
    """The id of the AMI before the present one.

    Half-way through a roll-out it is the one that some compute environments still run. Raises UserError where none is
    remembered, or two are.
    """
    here = {each.ami for each in remembered}
    before = {each.previous for each in remembered if each.previous}
    found = before & here if len(here) > 1 else before
    if len(found) == 1:
        return found.pop()
    if not found:
        raise UserError(
            f"{spec.name} remembers no previous AMI",
            "it runs the first one that it was given" if remembered else "it is not registered in this region",
            "Name an AMI: --ami ami-….",
        )
    raise UserError(
        f"{spec.name} is between two AMIs",
        f"its compute environments remember {' and '.join(sorted(found))}",
        f"Name the one you want: {typed.command('register-env --env ' + spec.name + ' --ami ami-…')}.",
    )


def running(remembered: Sequence[Memory]) -> tuple[str, ...]:
    """The ids of the AMIs that the environment runs now."""
    return tuple(sorted({each.ami for each in remembered if each.ami}))


def stock(image: str) -> str:
    """The alias of the stock AMI that the image is built on; ecs/al2023 for one that Kiln does not know."""
    try:
        return image_definitions.load(image).base.ssm or "ecs/al2023"
    except UserError:
        return "ecs/al2023"
