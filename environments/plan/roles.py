"""Roles that are not Kiln's, and those under `iam: existing`: whom they must trust, and what they lack."""

from collections.abc import Collection, Iterator, Sequence

from cloud.looks import Unchecked
from cloud.rights.check import check_rights
from cloud.rights.demand import Demand, Verdict
from cloud.rights.words import Missing, list_missing, role_name
from cloud.session import Cloud
from environments.kinds.data.bucket_state import ExistingBucket
from environments.kinds.iam import instance_profiles, policy_state
from environments.kinds.iam.desired_roles import DesiredRole
from environments.kinds.iam.trust_policies import Trust, decide_trust, trust_command
from environments.model.inputs import Inputs
from environments.model.resource import Difference
from environments.plan import boundaries, profiles
from environments.plan.job_roles import Named, list_demands
from environments.plan.steps import Step
from environments.rights.of_roles import list_demands_on_machines, list_role_demands
from environments.rights.use import Use, use_of
from kiln.errors import UserError

_POLICY = "policy "  # how the difference of an attached policy begins


def refuse_untrusting(steps: Sequence[Step]) -> None:
    """Raise UserError for a role that is not Kiln's and that the service which needs it cannot assume."""
    for step in _foreign_roles(steps):
        for change in step.changes:
            name, service = step.desired.name, str(change.after)
            if change.field == "trust" and _trust_of(step, service).holds is False:
                document = step.existing.fields["document"] if step.existing else {}
                command = trust_command(name, document, service)
                raise UserError(
                    f"the role {name} does not trust {service}",
                    f"{service} cannot assume it, and it is not Kiln's, which therefore leaves it as it is",
                    f"Name another role under roles, or correct it: {command}",
                )


def list_unsure(steps: Sequence[Step]) -> tuple[Unchecked, ...]:
    """List the roles of which it cannot be told whether their service may assume them (pure)."""
    asked = ((step, str(step.desired.fields["trust"])) for step in _foreign_roles(steps))
    return tuple(
        Unchecked(f"whether {service} can assume the role {step.desired.name}",
                  f"it depends on the condition keys {', '.join(trust.keys)}")
        for step, service in asked if (trust := _trust_of(step, service)).holds is None
    )  # fmt: skip


def _trust_of(step: Step, service: str) -> Trust:
    if step.existing is None:
        return Trust(False)
    return decide_trust(step.existing.fields["document"], service, step.existing.id.split(":")[4])


def other_changes(step: Step) -> list[Difference]:
    """List the differences of a foreign resource that no other check speaks of."""
    if step.desired.kind == instance_profiles.KIND:
        return []
    if step.desired.kind != "role":
        return list(step.changes)
    return [change for change in step.changes if change.field != "trust" and not change.field.startswith(_POLICY)]


def _foreign_roles(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.action == "foreign" and isinstance(step.desired, DesiredRole)]


def check_rights_of(
    cloud: Cloud, inputs: Inputs, steps: Sequence[Step], named: tuple[Named, ...] = ()
) -> tuple[Verdict, ...]:  # fmt: skip
    """Check what is needed of roles that stay as they are, of those that job definitions name, and of bounded ones."""
    use = use_of(inputs.spec, inputs.template.spec, inputs.region, inputs.account, inputs.partition)
    foreign = check_rights(cloud, (*_demands(inputs, use, steps), *list_demands(named, inputs.spec, use)))
    return (*foreign, *boundaries.check_own(cloud, inputs, use, steps))


def describe_rights(verdicts: Sequence[Verdict], steps: Sequence[Step]) -> tuple[str, ...]:
    """Write a note for all that is missing, with the command that gives it (pure)."""
    attachable = _attachable(steps)
    made = {step.desired.arn for step in steps if isinstance(step.desired, policy_state.DesiredPolicy)
            and step.action == "create"}  # fmt: skip
    own = {step.desired.name for step in steps if isinstance(step.desired, DesiredRole) and step.action != "foreign"}
    return tuple(_note(missing, made, own) for verdict in verdicts for missing in list_missing(verdict, attachable))


def list_unchecked(verdicts: Sequence[Verdict]) -> tuple[Unchecked, ...]:
    """List what could not be looked at (pure)."""
    return tuple(
        Unchecked(f"whether the role {role_name(verdict.demand)} may do what it must ({verdict.demand.loss})",
                  verdict.unchecked)
        for verdict in verdicts if verdict.unchecked
    )  # fmt: skip


def list_others_buckets(steps: Sequence[Step]) -> tuple[Unchecked, ...]:
    """List the buckets of other accounts, whose policies only their owners can read (pure)."""
    return tuple(
        Unchecked(f"whether the bucket {step.desired.name} lets the roles of the jobs in",
                  "it is another account's, and its own policy must allow them too")
        for step in steps if isinstance(step.existing, ExistingBucket) and step.existing.others
    )  # fmt: skip


def _note(missing: Missing, made: Collection[str], own: Collection[str]) -> str:
    """`made` are the ARNs of the policies that this plan makes: they cannot be attached before.

    `own` are the names of Kiln's roles.
    """
    if missing.role in own:
        return f"the role {missing.role} {missing.lacks}: {missing.loss}; {missing.fix}"
    stays = f"the role {missing.role} is not Kiln's and stays as it is"
    when = "when this plan is applied: " if any(missing.fix.endswith(arn) for arn in made) else ""
    return f"{stays}; it {missing.lacks}: {missing.loss}; {when}{missing.fix}"


def _demands(inputs: Inputs, use: Use, steps: Sequence[Step]) -> Iterator[Demand]:
    machines = profiles.find_machines_role(steps)
    if machines:
        yield from list_demands_on_machines(machines, use)
    machines = machines or inputs.iam_arn("role", inputs.spec.roles.instance)
    for step in _foreign_roles(steps):
        if isinstance(step.desired, DesiredRole) and step.existing:
            yield from list_role_demands(step.desired, step.existing.id, use, inputs.spec, machines)


def _attachable(steps: Sequence[Step]) -> frozenset[str]:
    """The policies of Kiln's own: they hold what they should when this plan has been applied."""
    return frozenset(
        step.desired.arn
        for step in steps
        if isinstance(step.desired, policy_state.DesiredPolicy) and step.action != "foreign"
    )
