"""Everything that an environment is made of, in the order in which AWS needs it. Tear-down goes the other way."""

from collections.abc import Sequence

from environments.kinds.batch import compute_environments, job_definitions, job_queues
from environments.kinds.data import buckets, log_groups
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import instance_profiles, policies, roles, service_linked
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Kind

FIRST: tuple[Kind, ...] = (buckets, policies, service_linked, roles, instance_profiles, log_groups, security_groups)
"""What needs nothing of the environment's but what has a name already."""
KINDS: tuple[Kind, ...] = (*FIRST, templates, compute_environments, job_queues, job_definitions)
BY_NAME = {kind.KIND: kind for kind in KINDS}


def first(inputs: Inputs) -> tuple[Desired, ...]:
    """The resources of the kinds in FIRST."""
    return (
        *buckets.desired(inputs),
        *policies.desired(inputs),
        *service_linked.desired(inputs),
        *roles.desired(inputs),
        *instance_profiles.desired(inputs),
        *log_groups.desired(inputs),
        *security_groups.desired(inputs),
    )


def then(inputs: Inputs) -> tuple[Desired, ...]:
    """The rest, with the ARNs and ids of what was found."""
    return (
        *templates.desired(inputs),
        *compute_environments.desired(inputs),
        *job_queues.desired(inputs),
        *job_definitions.desired(inputs),
    )


def of_kind(kind: Kind, desired: Sequence[Desired]) -> list[Desired]:
    return [each for each in desired if each.kind == kind.KIND]
