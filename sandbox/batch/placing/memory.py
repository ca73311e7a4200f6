"""What an instance registers as memory with ECS, which is what jobs can have of it."""

from sandbox.ec2.model.registered_memory import find_registered_mib


def estimate_registered(instance_type: str) -> int:
    """Return the MiB that jobs can have on an instance of this type."""
    return find_registered_mib(instance_type)
