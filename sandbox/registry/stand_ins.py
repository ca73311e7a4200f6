"""The images that stand in for public ones: built, and put into the registry, the first time that it is asked for."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Literal

from sandbox.registry.held import STORED, HeldImage
from sandbox.registry.push import PackedImage, push
from sandbox.registry.registry import Registry

Which = Literal["small", "java"]
_PUSHING: dict[Which, Lock] = {"small": Lock(), "java": Lock()}  # building one takes minutes, and keeps no other


def hold(registry: Registry, which: Which, build: Callable[[Path], PackedImage]) -> HeldImage:
    """Hold it; `build` makes it of what the cache folder has."""
    with _PUSHING[which]:
        held = registry.held.stand_ins.get(which)
        if held is None:
            image = build(registry.cache)
            push(registry.store, STORED, image)
            held = HeldImage(image.manifest.digest, image.manifest.media_type)
            registry.held.stand_ins[which] = held
        return held
