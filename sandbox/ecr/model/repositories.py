"""The repositories of an account's registry in a region: moto's records, and where their images lie."""

import secrets
from collections.abc import Mapping
from typing import Any

from moto.ecr.models import ecr_backends

from sandbox.ecr.model.errors import refused
from sandbox.world.world import ACCOUNT


def find_backend(region: str) -> Any:
    return ecr_backends[ACCOUNT][region]


def find_repository(region: str, name: str, registry_id: str | None = None) -> Any:
    """Find a repository; RepositoryNotFoundException where there is none."""
    repository = find_backend(region).repositories.get(name)
    if repository is None or (registry_id or ACCOUNT) != ACCOUNT:
        raise refused(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id '{registry_id or ACCOUNT}'",
        )
    return repository


def write_arn(region: str, name: str) -> str:
    return f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{name}"


def name_storage(repository: Any) -> str:
    """Name the path in the registry where its images lie; a repository that is made again begins with none."""
    if not hasattr(repository, "storage"):
        repository.storage = f"{repository.region_name}/{secrets.token_hex(6)}/{repository.name}"
    return str(repository.storage)


def read_tags(region: str, name: str) -> Mapping[str, str]:
    tags: list[dict[str, str]] = find_backend(region).tagger.list_tags_for_resource(write_arn(region, name))["tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}
