"""The build on a machine that Kiln starts for it, and ends."""

import shlex
from pathlib import Path

from cloud.session import Cloud
from images.amis import base
from images.builder import machine, provisioning
from images.builder.keys import generate_keys
from images.builder.order import Order
from images.commands.recording import BUILDS, record
from images.plan import boot, volumes
from images.spec import definitions
from kiln.screen import Screen
from kiln.undo import Undo
from nextflow.container.parts import Parts
from nextflow.container.repository import Login
from provision.model.recipe import File, Recipe, Step

DEFINITION = "nextflow-al2023"
"""Whose base AMI and builder are used: it has Docker."""
_FOLDER = "/run/kiln-nextflow-image"
_CONTEXT = f"{_FOLDER}/context.tar"
_PASSWORD = f"{_FOLDER}/password"


def build(cloud: Cloud, parts: Parts, image: str, login: Login | None, screen: Screen, folder: Path = BUILDS) -> None:
    """Build the image under its name on a machine, and push it from there where there is a login.

    Raises UserError where a step fails; the machine, its key and its group are gone behind it in any case.
    """
    spec = definitions.load(DEFINITION)
    start = base.find(cloud, spec)
    recipe = make_recipe(parts, image, login)
    place = boot.prepare(cloud, spec, start, Recipe(), parts.key, folder / f"nextflow-image-{parts.tag}")
    with record(screen, place) as report, Undo(report.undone) as undo:
        keys = generate_keys(f"kiln-{place.build_id}")
        order = Order(place, "builder", start.id, volumes.map_image(start), keys)
        started = machine.start(cloud, undo, order, report)
        with machine.connect(cloud, started, order, report) as remote:
            provisioning.perform(remote, recipe.files, recipe.steps, report, "image of Nextflow")


def make_recipe(parts: Parts, image: str, login: Login | None) -> Recipe:
    """Make what is done on the machine (pure). The login lies in memory (/run) alone, until it was used."""
    files = [File(_CONTEXT, parts.pack(), mode=0o600)]
    steps = [Step("docker answers", _AWAIT_DOCKER, timeout=300), Step("docker build", _write_build(parts, image), 3600)]
    if login is not None:
        files.append(File(_PASSWORD, login.password.encode(), mode=0o600))
        steps.append(Step("docker push", _write_push(image, login), timeout=3600))
    return Recipe(tuple(files), tuple(steps))


_AWAIT_DOCKER = "until docker info >/dev/null 2>&1; do sleep 1; done\ndocker version --format '{{.Server.Version}}'"


def _write_build(parts: Parts, image: str) -> str:
    given = [word for name, value in parts.arguments.items() for word in ("--build-arg", f"{name}={value}")]
    return shlex.join(["docker", "build", *given, "--tag", image, "-"]) + f" <{_CONTEXT}"


def _write_push(image: str, login: Login) -> str:
    words = ["docker", "login", "--username", login.user, "--password-stdin", login.registry]
    return f"""
export DOCKER_CONFIG={_FOLDER}/docker
trap 'rm -rf {_FOLDER}/docker {_PASSWORD}' EXIT
{shlex.join(words)} <{_PASSWORD} 2>&1
{shlex.join(["docker", "push", image])}"""
