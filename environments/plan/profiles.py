"""An instance profile that is not Kiln's: it stays as it is, and machines have the role that it holds (pure).

Source: "Use an IAM role to grant permissions to applications running on Amazon EC2 instances", IAM User Guide: a
profile holds one role at most, and a machine whose profile holds none gets no credentials.
"""

from collections.abc import Iterator, Sequence

from environments.kinds.iam import instance_profiles
from environments.kinds.iam.trust_policies import decide_trust, trust_command
from environments.plan.steps import Step
from kiln.errors import UserError

_EC2 = "ec2.amazonaws.com"


def refuse_unusable(steps: Sequence[Step]) -> None:
    """Raise UserError for a profile without a role, or with one that machines cannot assume."""
    for step, profile, role in _list_foreign(steps):
        held = str(step.existing.fields["role"]) if step.existing else ""
        if not held:
            raise UserError(
                f"the instance profile {profile} holds no role",
                "it is not Kiln's, which therefore leaves it as it is: its machines would get no credentials",
                f"Name another under roles.instance_profile, or put the role into it: {_add(profile, role)}",
            )
        document, account = _trust_of(step)
        if held != role and decide_trust(document, _EC2, account).holds is False:
            raise UserError(
                f"the role {held} in the instance profile {profile} does not trust {_EC2}",
                f"its machines would get no credentials; roles.instance names {role}",
                f"Name another under roles.instance_profile, or correct it: {trust_command(held, document, _EC2)}",
            )


def find_machines_role(steps: Sequence[Step]) -> str:
    """Return the ARN of the role that a foreign profile gives machines in the place of the one that is named, or ""."""
    return next((str(step.existing.fields["arn"]) for step, _, _ in _list_foreign(steps) if step.existing), "")


def warn_of_others(steps: Sequence[Step]) -> Iterator[str]:
    """Warn of a profile that holds another role than the one that the definition names."""
    for step, profile, role in _list_foreign(steps):
        held = str(step.existing.fields["role"]) if step.existing else ""
        remove = f"aws iam remove-role-from-instance-profile --instance-profile-name {profile} --role-name {held}"
        yield (
            f"the instance profile {profile} is not Kiln's and stays as it is; it holds the role {held}, and not "
            f"{role}, which no machine has then. Write roles: {{instance: {held}}}, or put the other into it: "
            f"{remove} && {_add(profile, role)}"
        )


def _list_foreign(steps: Sequence[Step]) -> Iterator[tuple[Step, str, str]]:
    """Steps of foreign profiles that hold another role or none, with the profile's name and the role's."""
    for step in steps:
        if step.desired.kind == instance_profiles.KIND and step.action == "foreign" and step.changes:
            yield step, step.desired.name, str(step.desired.fields["role"])


def _trust_of(step: Step) -> tuple[dict[str, object], str]:
    fields = step.existing.fields if step.existing else {}
    return fields.get("document", {}), str(fields.get("arn", "::::")).split(":")[4]


def _add(profile: str, role: str) -> str:
    return f"aws iam add-role-to-instance-profile --instance-profile-name {profile} --role-name {role}"
