"""Every kind of resource that an environment is made of, in the order in which AWS needs them.

This is the one list of kinds: a plan and an apply go through it, and a tear-down goes through it backwards.
"""

from typing import Any

from environments.kinds.batch import compute_environments, job_definitions, job_queues
from environments.kinds.data import buckets, log_groups
from environments.kinds.ec2 import launch_templates, security_groups
from environments.kinds.iam import instance_profiles, policies, roles, service_linked
from environments.model import ownership
from environments.model.kind import AnyKind, E, Kind
from environments.model.region import Region

KINDS: tuple[AnyKind, ...] = (
    buckets, policies, service_linked, roles, instance_profiles, log_groups, security_groups, launch_templates,
    compute_environments, job_queues, job_definitions,
)  # fmt: skip
BY_NAME = {kind.KIND: kind for kind in KINDS}


def used_by(region: Region, kind: Kind[Any, E], environment: str) -> list[E]:
    """List the resources of a kind that carry an environment's tag, by name, whatever its definition says by now.

    Each kind is asked by itself. The Resource Groups Tagging API would be one call, but knows no roles, and learns of
    what was made or deleted only after a while.
    """
    tagged = [resource for resource in kind.tagged(region) if ownership.key(environment) in resource.tags]
    return sorted(tagged, key=lambda resource: (resource.name, resource.id))
