"""How a machine pulls the image of a task: the reference that its Docker is given, and how the agent logs in.

Source of the shape: the ECS agent's payload, `registryAuthentication` (amazon-ecs-agent, agent/api/container,
registryauth.go). Guests know the public registries by their own names, where the sandbox answers (see
`sandbox.machines.registry_names`), so that most references stay as they are.
"""

from typing import Any

from sandbox.machines.registry_names import ANY, PUBLIC
from sandbox.registry.held import is_java, is_small, write_as_tag
from sandbox.registry.references import HUB, Reference, find_ecr, parse
from sandbox.registry.registry import find_registry
from sandbox.world.world import current


def resolve(region: str, image: str) -> tuple[str, dict[str, Any] | None]:
    """Return the image as the machines pull it, and `registryAuthentication` of an image of ECR.

    `useExecutionRole` is False there: who gives the agent a task's execution credentials sets it.
    """
    try:
        reference = parse(image)
    except ValueError:
        return image, None  # Docker says what is wrong with it
    if ecr := find_ecr(reference.host):
        data = {"registryId": ecr[0], "region": ecr[1], "endpointOverride": "", "useExecutionRole": False}
        return image, {"type": "ecr", "ecrAuthData": data}
    held = find_registry(current()).held.find(reference)
    if held is None and not is_small(reference) and not is_java(reference):
        return image, None  # it may be on the machine; else the registry's answer says how to load it
    if reference.digest and (held is None or held.digest != reference.digest):
        reference = write_as_tag(reference)
    elif reference.host in (HUB, *PUBLIC):
        return image, None
    return _write(reference), None


def _write(reference: Reference) -> str:
    return str(reference) if reference.host in (HUB, *PUBLIC) else f"{ANY}/{reference}"
