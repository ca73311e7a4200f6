"""Roles that are not Kiln's: whom each must trust, and which rights it lacks, with the commands that mend it (pure).

Source: "Updating a role trust policy" and "Adding IAM identity permissions", IAM User Guide.
"""

import json
from collections.abc import Sequence

from environments.kinds.iam.roles import DesiredRole
from environments.model.resource import Difference
from environments.plan.steps import Step
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError

_ALL = ("AdministratorAccess",)
_POLICY = "policy "  # how the difference of an attached policy begins


def refuse_untrusting(steps: Sequence[Step]) -> None:
    """Raise UserError for a role that is not Kiln's and that the service which needs it cannot assume."""
    for step in _foreign_roles(steps):
        for change in step.changes:
            if change.field == "trust" and not trusts(str(change.before or ""), str(change.after)):
                name, service = step.desired.name, str(change.after)
                command = trust_command(name, str(change.before or ""), service)
                raise UserError(
                    f"the role {name} does not trust {service}",
                    f"{service} cannot assume it, and it is not Kiln's, which therefore leaves it as it is",
                    f"Name another role under roles, or correct it: {command}",
                )


def trusts(services: str, service: str) -> bool:
    """Check whether a role trusts a service; `services` as roles.trusted lists them: a, b."""
    return service in services.split(", ")


def trust_command(role: str, services: str, service: str) -> str:
    """Write the command that makes a role trust the service too, beside the services that it trusts."""
    principals = sorted({*filter(None, services.split(", ")), service})
    allow = {"Effect": "Allow", "Principal": {"Service": principals}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    return f"aws iam update-assume-role-policy --role-name {role} --policy-document '{document}'"


def attach_command(role: str, policy: str) -> str:
    return f"aws iam attach-role-policy --role-name {role} --policy-arn {policy}"


def warn(spec: EnvironmentSpec, steps: Sequence[Step]) -> tuple[str, ...]:
    """Warn of every right that a role which is not Kiln's lacks, with the command that gives it."""
    return tuple(
        f"the role {step.desired.name} is not Kiln's and stays as it is; it lacks {name}: {_loss(spec, name)}; "
        f"{attach_command(step.desired.name, arn)}"
        for step in _foreign_roles(steps)
        for name, arn in _lacking(step)
    )


def other_changes(step: Step) -> list[Difference]:
    """List the differences of a foreign resource that no other check speaks of."""
    if step.desired.kind != "role":
        return list(step.changes)
    return [change for change in step.changes if change.field != "trust" and not change.field.startswith(_POLICY)]


def _lacking(step: Step) -> list[tuple[str, str]]:
    """The policies that are not attached, by name and ARN; none where the role may do everything."""
    attached = step.existing.fields.get("policies", ()) if step.existing else ()
    if any(arn.endswith(f":policy/{name}") for arn in attached for name in _ALL):
        return []
    return [
        (change.field.removeprefix(_POLICY), str(change.after))
        for change in step.changes
        if change.field.startswith(_POLICY) and change.after
    ]


def _loss(spec: EnvironmentSpec, policy: str) -> str:
    """What does not work without it."""
    roles = spec.roles
    if policy == roles.storage_policy:
        return "Docker's storage cannot grow, and jobs die when it is full"
    if policy in (roles.bucket_policy, roles.public_buckets_policy, "AmazonS3ReadOnlyAccess"):
        return "jobs cannot read or write the buckets"
    if policy == "AmazonEC2ContainerServiceforEC2Role":
        return "machines cannot join ECS"
    return "AWS refuses what it allows"


def _foreign_roles(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.action == "foreign" and isinstance(step.desired, DesiredRole)]
