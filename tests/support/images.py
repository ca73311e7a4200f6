"""Builds of images, as tests ask for them."""

from collections.abc import Callable
from typing import Any

Build = Callable[..., int]
MakeAmi = Callable[..., str]
ORDINARY: dict[str, Any] = {"plan": False, "force": False, "on_error": "cleanup", "test": True, "as_json": False}
DEFINITION = """
name: small
base: {ssm: ecs/al2023}
docker_storage: {driver: overlay2}
"""
