"""The recipe of a whole image: its provisioners, in the order in which they must run."""

from dataclasses import replace
from typing import Protocol

from provision import (
    aws_cli,
    container_images,
    docker_storage,
    ecs_agent,
    files,
    hygiene,
    hygiene_checks,
    packages,
    shell,
    user_scripts,
)
from provision.hygiene_checks import Builder
from provision.recipe import Check, Machine, Recipe, combine

_NO_CHECK_IMAGE = """
kiln_docker_answers 120
if docker image inspect @IMAGE@ >/dev/null 2>&1; then docker rmi @IMAGE@; fi
"""


class Parts(Protocol):
    """The parts of an image definition that say what is done to the machine."""

    @property
    def docker_storage(self) -> docker_storage.Spec: ...
    @property
    def packages(self) -> packages.Spec: ...
    @property
    def files(self) -> files.Spec: ...
    @property
    def aws_cli(self) -> aws_cli.Spec: ...
    @property
    def ecs_agent(self) -> ecs_agent.Spec: ...
    @property
    def scripts(self) -> user_scripts.Spec: ...
    @property
    def container_images(self) -> container_images.Spec: ...


def image_recipe(parts: Parts, machine: Machine) -> Recipe:
    """Everything that is done to the builder and all that must hold afterwards. `files` and `scripts` are loaded.

    Packages first, since what follows may need them; storage before every container image, and behind the AWS CLI where
    it runs on that one's Python. Raises UserError for what
    the parts' own checks could not see one by one.
    """
    machine = replace(machine, python=aws_cli.python(parts.aws_cli))
    storage = docker_storage.recipe(parts.docker_storage, machine)
    storage_last = docker_storage.needs_python(parts.docker_storage)
    return combine(
        (
            packages.recipe(parts.packages, machine),
            Recipe() if storage_last else storage,
            files.recipe(parts.files, machine),
            aws_cli.recipe(parts.aws_cli, machine),
            storage if storage_last else Recipe(),
            ecs_agent.recipe(parts.ecs_agent, machine),
            user_scripts.recipe(parts.scripts, machine),
            container_images.recipe(parts.container_images, machine),
            Recipe(checks=(_check_image_removed(),)),
            hygiene.recipe(machine, keep=_kept(parts)),
            Recipe(checks=image_checks(parts)),
        )
    )


def image_checks(parts: Parts, builder: Builder | None = None) -> tuple[Check, ...]:
    """The checks of a machine booted from the image, sharpened by what is known of its builder."""
    pulled = None if parts.scripts.root else container_images.repositories(parts.container_images)
    own = docker_storage.image_checks(parts.docker_storage)
    return own + hygiene_checks.checks(builder, keep=_kept(parts), images=pulled)


def _kept(parts: Parts) -> tuple[str, ...]:
    return tuple(entry.path for entry in parts.files.root)


def _check_image_removed() -> Check:
    """The last check that is no check of hygiene: the others' container is taken away again."""
    script = shell.DOCKER + _NO_CHECK_IMAGE.replace("@IMAGE@", shell.CHECK_IMAGE)
    return Check("the container of these checks is removed", script)
