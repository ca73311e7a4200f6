"""Where Docker keeps images and containers, and how much room a container has.

A kind of storage is a class with `refusal(family)` and `recipe(machine)`; `Spec` is their union, told apart by the
key `driver`. Another kind is another class in the union.

Storage comes before every image: the size of a container's file system is fixed when its image is pulled, and an image
pulled before Docker's directory moves would be left behind.
"""

from typing import Annotated

from pydantic import Field

from provision.docker.autoscale import Autoscale
from provision.docker.devicemapper import Devicemapper
from provision.docker.instance_store import InstanceStore
from provision.docker.overlay2 import Overlay2
from provision.model.recipe import Check, Family, Machine, Recipe

Spec = Annotated[Overlay2 | Autoscale | InstanceStore | Devicemapper, Field(discriminator="driver")]


def refusal(spec: Spec, family: Family) -> str | None:
    """Why this storage cannot work on a family of base images, with the alternative named; None where it can."""
    return spec.refusal(family)


def needs_python(spec: Spec) -> bool:
    """Whether the AWS CLI's interpreter must be there before this storage can be set up."""
    return isinstance(spec, Autoscale)


def image_checks(spec: Spec) -> tuple[Check, ...]:
    """What must hold on a machine booted from the image alone, beside the recipe's own checks."""
    return spec.image_checks() if isinstance(spec, Autoscale) else ()


def recipe(spec: Spec, machine: Machine) -> Recipe:
    """Steps that set the storage up and the checks that prove it.

    Raises `UserError` where the machine lacks the data volume that the storage asks for.
    """
    return spec.recipe(machine)
