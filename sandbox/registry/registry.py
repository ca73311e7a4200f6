"""The registry of one world: what it holds, and where its files are."""

from dataclasses import dataclass, field

from sandbox.registry.held import Held
from sandbox.world.world import World


@dataclass
class Registry:
    held: Held = field(default_factory=Held)

    def forget(self) -> None:
        """Forget what was loaded."""
        self.held.clear()


def find_registry(world: World) -> Registry:
    """Find the world's registry; it is made when it is first asked for."""
    with world.lock:
        if world.registry is None:
            world.registry = Registry()
        registry: Registry = world.registry
        return registry
