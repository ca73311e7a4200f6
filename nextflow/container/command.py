"""`invoke nextflow-image`, as a person sees it."""

from pathlib import Path
from typing import Any

from cloud.session import Cloud
from kiln import typed
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result
from nextflow.container import local, remote, repository
from nextflow.container.parts import Parts, choose_parts
from nextflow.container.pins import load_pins


def nextflow_image(
    region: str | None, *, push: bool, on: str, base: str, nextflow: str, aws_cli: str, sources: str, as_json: bool
) -> int:
    """Build the image of Nextflow, and push it. Returns an exit code; UserError where something has to be mended."""
    if on not in ("auto", "docker", "machine"):
        raise UserError(f"--on cannot be {on}", hint="One of: auto, docker, machine.")
    if on == "docker":
        local.check_docker()
    parts = choose_parts(load_pins(), base, nextflow, aws_cli, _read_sources(sources))
    cloud, screen = Cloud(region), Screen()
    for name, what in parts.replaced.items():
        screen.say(f"! {name} is replaced: {what}")
    address = repository.make_repository(cloud) if push else repository.NAME
    known = repository.find_tagged(cloud, parts.tag) if push else None
    if known is None:
        place = _build(cloud, parts, address, screen, push=push, on=on)
    return _tell(cloud, parts, "" if known else place, push=push, as_json=as_json)


def _build(cloud: Cloud, parts: Parts, address: str, screen: Screen, *, push: bool, on: str) -> str:
    """Build it for the repository `address`; returns where: docker or machine."""
    by_docker = on == "docker" or (on == "auto" and local.has_docker())
    login = repository.log_in(cloud) if push else None
    if by_docker:
        local.build(parts, f"{address}:{parts.tag}", login, screen)
        return "docker"
    remote.build(cloud, parts, f"{address}:{parts.tag}", login, screen)
    return "machine"


def _tell(cloud: Cloud, parts: Parts, place: str, *, push: bool, as_json: bool) -> int:
    digest = repository.find_tagged(cloud, parts.tag) if push else None
    found = repository.find_repository(cloud) if push else None
    if push and (digest is None or found is None):
        raise UserError(f"ECR has no image {repository.NAME}:{parts.tag} after the push", hint="Push it again.")
    image = f"{found['repositoryUri']}@{digest}" if found else None
    document: dict[str, Any] = {
        "image": image, "tag": parts.tag, "nextflow": parts.version, "replaced": dict(parts.replaced),
        "built_on": place or None,
    }  # fmt: skip
    if as_json:
        print_json(document)
    elif not push:
        kept = "it is on this computer" if place == "docker" else "its machine is gone, and it with it"
        print_result(
            f"✓ {repository.NAME}:{parts.tag} can be built: {kept}. {typed.command('nextflow-image --push')} keeps it."
        )
    else:
        told = f"✓ pushed, built on {place}" if place else "✓ nothing to do: it is there"
        print_result(f"{told}\n  {image}\n  tag {parts.tag}")
    return Exit.DONE


def _read_sources(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{path} cannot be read", str(error), "--package-sources takes a file in deb822 form."
        ) from error
