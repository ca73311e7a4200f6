"""The registry of one world: what it holds, and where its files are."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.registry.daemon import Daemon
from sandbox.registry.held import Held
from sandbox.registry.store import Store
from sandbox.world.folders import USUAL_HOME, cache_of
from sandbox.world.world import World


@dataclass
class Registry:
    """`store` is begun when it is first needed, and emptied at its end."""

    cache: Path
    store: Store
    held: Held

    def forget(self) -> None:
        """Forget what was loaded."""
        self.held.clear()

    def close(self) -> None:
        self.store.close()


def open_registry(cache: Path, storage: Path | None = None) -> Registry:
    """Return a registry that keeps its files in `storage`, a folder of its own by default."""

    def start() -> Daemon:
        return Daemon(cache, storage)

    return Registry(cache, Store(start), Held())


def find_registry(world: World) -> Registry:
    """Find the world's registry; it is made when it is first asked for."""
    with world.lock:
        if world.registry is None:
            world.registry = open_registry(world.cache or cache_of(USUAL_HOME))
        registry: Registry = world.registry
        return registry
