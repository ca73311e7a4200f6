"""Permissions boundaries of roles that are Kiln's own: what they keep from a role that its policies give.

Source: "Permissions boundaries for IAM entities", IAM User Guide: no policy of a role gives what its boundary does not
allow. What a bucket's own policy gives is left to the doctor, which asks IAM about the role when it is there.
"""

from collections.abc import Sequence

from cloud.rights.check import check_boundary
from cloud.rights.demand import Verdict
from cloud.session import Cloud
from environments.kinds.iam.desired_roles import DesiredRole
from environments.model.inputs import Inputs
from environments.plan.steps import Step
from environments.rights.of_roles import list_role_demands
from environments.rights.use import Use


def check_own(cloud: Cloud, inputs: Inputs, use: Use, steps: Sequence[Step]) -> tuple[Verdict, ...]:
    """Check what the boundaries keep from roles that this plan makes or finds as Kiln's; a call or two for each."""
    machines = inputs.iam_arn("role", inputs.spec.roles.instance)
    verdicts: list[Verdict] = []
    for step in steps:
        role = step.desired
        if not isinstance(role, DesiredRole) or step.action == "foreign":
            continue
        before = step.existing.fields["boundary"] if step.existing else None
        if boundary := role.fields.get("boundary") or before:
            arn = inputs.iam_arn("role", role.name)
            demands = list_role_demands(role, arn, use, inputs.spec, machines)
            verdicts += check_boundary(cloud, str(boundary), demands)
    return tuple(verdicts)
