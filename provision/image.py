"""The recipe of a whole image: its provisioners, in the order in which they must run."""

from dataclasses import replace
from typing import Protocol

from provision.docker import storage as docker_storage
from provision.ecs_agent import agent as ecs_agent
from provision.hygiene import checks as hygiene_checks
from provision.hygiene import steps as hygiene
from provision.hygiene.checks import Builder
from provision.model import shell
from provision.model.recipe import Check, Family, Machine, Recipe, combine
from provision.provisioners import (
    aws_cli,
    container_images,
    files,
    java,
    packages,
    registries,
    user_scripts,
)

_NO_CHECK_IMAGE = """
kiln_docker_answers 120
if kiln_docker_api /images/@IMAGE@/json >/dev/null 2>&1; then docker rmi @IMAGE@; fi
"""


class Needs(Protocol):
    """The parts of a definition that say what a machine needs; None where nothing is asked of a provisioner."""

    @property
    def docker_storage(self) -> docker_storage.Spec | None: ...
    @property
    def packages(self) -> packages.Spec: ...
    @property
    def java(self) -> java.Spec: ...
    @property
    def files(self) -> files.Spec: ...
    @property
    def aws_cli(self) -> aws_cli.Spec | None: ...
    @property
    def ecs_agent(self) -> ecs_agent.Spec | None: ...
    @property
    def scripts(self) -> user_scripts.Spec: ...


class Parts(Needs, Protocol):
    """The parts of an image definition, which brings container images too."""

    @property
    def container_images(self) -> container_images.Spec: ...
    @property
    def registries(self) -> registries.Registries: ...


def list_recipes(needs: Needs, machine: Machine) -> dict[str, Recipe]:
    """Provisioner → its recipe, in the order in which they must run. `files` and `scripts` are loaded.

    Packages first, since what follows may need them; storage before every container image, and behind the AWS CLI where
    it runs on that one's Python. Raises UserError for what the parts' own checks could not see one by one.
    """
    cli = needs.aws_cli or aws_cli.Spec(enabled=False)
    machine = replace(machine, python=aws_cli.python(cli))
    found = {"packages": packages.recipe(needs.packages, machine), "java": java.recipe(needs.java, machine)}
    storage = needs.docker_storage
    storage_last = storage is not None and docker_storage.needs_python(storage)
    if storage is not None and not storage_last:
        found["docker_storage"] = docker_storage.recipe(storage, machine)
    found["files"] = files.recipe(needs.files, machine)
    if needs.aws_cli is not None:
        found["aws_cli"] = aws_cli.recipe(needs.aws_cli, machine)
    if storage is not None and storage_last:
        found["docker_storage"] = docker_storage.recipe(storage, machine)
    if needs.ecs_agent is not None:
        found["ecs_agent"] = ecs_agent.recipe(needs.ecs_agent, machine)
    found["scripts"] = user_scripts.recipe(needs.scripts, machine)
    return found


def find_impossible(needs: Needs, family: Family) -> dict[str, str]:
    """Part of a definition → why it cannot work on a family of base images; those that can are left out."""
    found = {
        "docker_storage": docker_storage.refusal(needs.docker_storage, family) if needs.docker_storage else None,
        "aws_cli": aws_cli.refusal(needs.aws_cli, family) if needs.aws_cli else None,
        "java": java.refusal(needs.java, family),
        "packages": packages.refusal(needs.packages, family),
    }
    return {part: why for part, why in found.items() if why}


def list_image_recipes(parts: Parts, machine: Machine) -> dict[str, Recipe]:
    """The same for an image, container images last."""
    machine = replace(machine, python=aws_cli.python(parts.aws_cli or aws_cli.Spec(enabled=False)))
    pulled = container_images.recipe(parts.container_images, machine, parts.registries)
    return list_recipes(parts, machine) | {"container_images": pulled}


def make_image_recipe(parts: Parts, machine: Machine) -> Recipe:
    """All that is done to the builder and all that must hold afterwards; raises UserError as `list_recipes` does."""
    return combine(
        (
            *list_image_recipes(parts, machine).values(),
            Recipe(checks=(_check_image_removed(),)),
            hygiene.recipe(machine, keep=_kept(parts)),
            Recipe(checks=list_image_checks(parts)),
        )
    )


def list_image_checks(parts: Parts, builder: Builder | None = None) -> tuple[Check, ...]:
    """The checks of a machine booted from the image, sharpened by what is known of its builder."""
    pulled = None if parts.scripts.root else container_images.repositories(parts.container_images)
    own = docker_storage.image_checks(parts.docker_storage) if parts.docker_storage else ()
    return hygiene_checks.list_checks(builder, keep=_kept(parts), images=pulled) + own


def _kept(parts: Parts) -> tuple[str, ...]:
    return tuple(entry.path for entry in parts.files.root)


def _check_image_removed() -> Check:
    """The last check that is no check of hygiene: the others' container is taken away again."""
    script = shell.DOCKER + _NO_CHECK_IMAGE.replace("@IMAGE@", shell.CHECK_IMAGE)
    return Check("the container of these checks is removed", script)
