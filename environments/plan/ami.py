"""Choose the AMI of an environment: latest, previous, ecs-optimized, an alias or an id."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cloud.machine_images import Arch, Chosen, Family
from cloud.session import Cloud
from environments.model import ownership
from environments.model.ownership import Memory
from environments.spec.environment import EnvironmentSpec
from images.amis import choose as images
from images.amis import nvidia
from images.spec import definitions as image_definitions
from images.spec.bases import ALIASES
from kiln import typed
from kiln.errors import UserError
from provision.ecs_agent.agent import Spec as EcsAgent

# How the names of the ECS-optimized AMIs begin ("Amazon ECS-optimized Linux AMIs", Amazon ECS Developer Guide).
_PUBLISHED: tuple[tuple[str, Family], ...] = (("al2023-ami-ecs-", "al2023"), ("amzn2-ami-ecs-", "al2"))


def choose(cloud: Cloud, spec: EnvironmentSpec, ami: str, described: Sequence[dict[str, Any]]) -> Chosen:
    """Choose the AMI that `ami` names ("": the definition's); `described` are the region's compute environments.

    Raises UserError where there is no such AMI.
    """
    name = ami or spec.ami
    if name == "previous":
        ami = find_previous(spec, read_memories(spec, described))
        return _with_family(images.choose(cloud, ami, spec.image))
    if name == "ecs-optimized":
        return images.choose(cloud, find_stock(spec.image), spec.image)
    return _with_family(images.choose(cloud, name, spec.image))


def _with_family(chosen: Chosen) -> Chosen:
    """Add the family of a stock AMI that is named by its id: it has no tag of Kiln, but a name that AWS gave it."""
    named = next((family for begin, family in _PUBLISHED if chosen.image.name.startswith(begin)), None)
    return replace(chosen, family=chosen.family or named)


def read_memories(spec: EnvironmentSpec, described: Sequence[dict[str, Any]]) -> list[Memory]:
    """Read what the tags of the environment's compute environments remember."""
    own = [compute for compute in described if ownership.carries(compute, spec.name)]
    own.sort(key=lambda compute: str(compute["computeEnvironmentName"]))
    return [ownership.memory(compute["tags"], spec.name) for compute in own]


def find_previous(spec: EnvironmentSpec, remembered: Sequence[Memory]) -> str:
    """Return the id of the AMI before the present AMI.

    Half-way through a roll-out it is the AMI that some compute environments still run. Raises UserError where no AMI is
    remembered, or where there are two.
    """
    present = {memory.ami for memory in remembered}
    before = {memory.previous for memory in remembered if memory.previous}
    candidates = before & present if len(present) > 1 else before
    if len(candidates) == 1:
        return candidates.pop()
    register = typed.command(f"register-env --env {spec.name}")
    if not candidates:
        raise UserError(
            f"{spec.name} remembers no previous AMI",
            "it still runs its first AMI" if remembered else "it is not registered in this region",
            f"Name an AMI by its id, or take the newest: {register} --ami latest",
        )
    raise UserError(
        f"{spec.name} is between two AMIs",
        f"its compute environments remember {' and '.join(sorted(candidates))}",
        "\n".join(["Name one of them:", *(f"{register} --ami {ami}" for ami in sorted(candidates))]),
    )


def list_running(remembered: Sequence[Memory]) -> tuple[str, ...]:
    """Return the ids of the AMIs that the environment runs now."""
    return tuple(sorted({memory.ami for memory in remembered if memory.ami}))


def find_stock(image: str) -> str:
    """Return the alias of the stock AMI that the image is built on; ecs/al2023 for an image that Kiln does not know."""
    try:
        return image_definitions.load(image).base.ssm or "ecs/al2023"
    except UserError:
        return "ecs/al2023"


def warn_of_other_kind(spec: EnvironmentSpec, template: str, chosen: Chosen, given: str) -> tuple[str, ...]:
    """Warn where --ami, or the environment beside its launch template, puts another kind of AMI in the place of one.

    `template` is the `ami` of the launch template's definition, `given` is --ami ("": none).
    """
    meant = {f"the launch template's ami: {template}": template}
    if given not in ("", "latest", "previous", "ecs-optimized"):
        named = spec.ami if spec.ami in ALIASES else find_stock(spec.image)
        meant[f"what the definition names ({spec.ami}, on {named})"] = named
    image = chosen.image
    driver = nvidia.tell_driver(image.name, image.owner, image.tags)
    notes = []
    for what, alias in meant.items():
        if alias in ALIASES and (differs := _list_differences(alias, chosen.family, image.arch, driver)):
            whose = f"--ami {given}" if given else f"the environment's AMI {image.id}"
            notes.append(f"{whose} is another kind of AMI than {what}: {', '.join(differs)}")
    return tuple(notes)


def _list_differences(alias: str, family: Family | None, arch: Arch, driver: nvidia.Driver) -> list[str]:
    """In what an AMI differs from those behind an alias; what is not known is no difference."""
    expected = ALIASES[alias]
    differs = [f"{family}, not {expected.family}"] if family not in (None, expected.family) else []
    differs += [f"{arch}, not {expected.arch}"] if arch != expected.arch else []
    if alias == nvidia.find_alias(expected.family, expected.arch):
        differs += ["without NVIDIA's driver"] if driver == "none" else []
    else:
        differs += ["with NVIDIA's driver"] if driver == "nvidia" else []
    return differs


def find_agent(image: str) -> EcsAgent | None:
    """Return the settings of the ECS agent in the image's definition; None for an image that Kiln does not know."""
    try:
        return image_definitions.load(image).ecs_agent
    except UserError:
        return None
