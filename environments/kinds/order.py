"""Everything that an environment is made of, in the order in which AWS needs it. Tear-down goes the other way."""

from collections.abc import Sequence

from environments.kinds.batch import compute_environments, job_definitions, job_queues
from environments.kinds.data import buckets, log_groups
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import instance_profiles, policies, roles, service_linked
from environments.model.inputs import Ground
from environments.model.resource import Kind, Wanted

FIRST: tuple[Kind, ...] = (buckets, policies, service_linked, roles, instance_profiles, log_groups, security_groups)
"""What needs nothing of the environment's but what has a name already."""
KINDS: tuple[Kind, ...] = (*FIRST, templates, compute_environments, job_queues, job_definitions)
BY_NAME = {kind.KIND: kind for kind in KINDS}


def first(ground: Ground) -> tuple[Wanted, ...]:
    """The resources of the kinds in FIRST."""
    return (
        *buckets.desired(ground),
        *policies.desired(ground),
        *service_linked.desired(ground),
        *roles.desired(ground),
        *instance_profiles.desired(ground),
        *log_groups.desired(ground),
        *security_groups.desired(ground),
    )


def then(ground: Ground) -> tuple[Wanted, ...]:
    """The rest, with the ARNs and ids of what was found."""
    return (
        *templates.desired(ground),
        *compute_environments.desired(ground),
        *job_queues.desired(ground),
        *job_definitions.desired(ground),
    )


def of_kind(kind: Kind, wanted: Sequence[Wanted]) -> list[Wanted]:
    return [each for each in wanted if each.kind == kind.KIND]
