"""What moto's EC2 has on record."""

from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends

from sandbox.world.world import ACCOUNT


def list_instances() -> Iterator[Any]:
    """Yield every instance of every region that has been used."""
    for backend in list(ec2_backends[ACCOUNT].values()):
        yield from backend.all_instances()
