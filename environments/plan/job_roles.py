"""Roles that job definitions name by their ARNs: there, in this account, and trusting ECS's tasks.

Kiln neither makes nor changes them; what they lack is told as of any role that is not Kiln's. Source: "IAM roles for
tasks" and "Amazon ECS task execution IAM role", Amazon ECS Developer Guide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cloud import errors
from cloud.looks import Looks
from cloud.rights.demand import Demand
from cloud.session import Cloud
from environments.kinds.iam.trust_policies import decide_trust, read_trust, trust_command
from environments.model.inputs import Inputs
from environments.rights.of_images import list_execution_demands
from environments.rights.of_tasks import list_task_demands
from environments.rights.use import Use
from environments.spec.environment import EnvironmentSpec
from environments.spec.jobs import JobDefinition
from kiln.errors import UserError

_TASKS = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Named:
    """A role by its ARN, and the job definitions whose tasks (`runs`) or images and secrets (`fetches`) it is for."""

    arn: str
    runs: tuple[str, ...]
    fetches: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def users(self) -> str:
        return ", ".join(dict.fromkeys((*self.runs, *self.fetches)))


def list_named(jobs: Mapping[str, JobDefinition]) -> tuple[Named, ...]:
    """List the roles that job definitions name by ARN (pure)."""
    runs = {name: job.job_role for name, job in jobs.items()}
    fetches = {name: job.execution_role or "" for name, job in jobs.items()}
    arns = dict.fromkeys(role for role in (*runs.values(), *fetches.values()) if role.startswith("arn:"))
    return tuple(
        Named(arn, tuple(name for name, role in runs.items() if role == arn),
              tuple(name for name, role in fetches.items() if role == arn))
        for arn in arns
    )  # fmt: skip


def refuse_unusable(cloud: Cloud, inputs: Inputs, looks: Looks) -> tuple[Named, ...]:
    """Raise UserError for a role that no task of this account can have; returns those that are there."""
    there, spec = [], inputs.spec
    own = {inputs.iam_arn("role", name) for name in (spec.job_role, spec.execution_role, spec.nextflow_role)
           if name}  # fmt: skip
    for role in (role for role in list_named(spec.job_definitions) if role.arn not in own):
        _refuse_others(role, inputs.account)
        what = f"whether the role {role.name} of {role.users} is there, and trusts {_TASKS}"
        look = partial(errors.or_none, cloud.client("iam").get_role, RoleName=role.name)
        unseen: dict[str, Any] | None = {}
        described = looks.at(what, unseen, look)
        if described is unseen:
            continue
        _refuse(role, described)
        there.append(role)
    return tuple(there)


def _refuse_others(role: Named, account: str) -> None:
    if role.arn.split(":")[4] != account:
        raise UserError(
            f"the role {role.arn} is in another account",
            f"{role.users} names it, and a task has a role of its own account, {account}, alone",
            f"Name a role of {account} under job_definitions, or leave it out.",
        )


def _refuse(role: Named, described: Mapping[str, Any] | None) -> None:
    """Refuse a role that is not there, or that ECS's tasks cannot assume (pure)."""
    if described is None or described["Role"]["Arn"] != role.arn:
        other = f"; the role of that name is {described['Role']['Arn']}" if described else ""
        raise UserError(
            f"there is no role {role.arn}",
            f"{role.users} names it{other}",
            "Correct its ARN under job_definitions, or leave it out: then the environment's own role is used.",
        )
    document = described["Role"]["AssumeRolePolicyDocument"]
    if decide_trust(document, _TASKS, role.arn.split(":")[4]).holds is False:
        command = trust_command(role.name, read_trust(document), _TASKS)
        raise UserError(
            f"the role {role.name} does not trust {_TASKS}",
            f"the jobs of {role.users} get no credentials",
            f"Name another role under job_definitions, or correct it: {command}",
        )


def list_demands(roles: tuple[Named, ...], spec: EnvironmentSpec, use: Use) -> Iterator[Demand]:
    """List what these roles need: the buckets where tasks run by them, secrets and images where they are fetched."""
    for role in roles:
        yield from list_task_demands(role.arn, use) if role.runs else ()
        if role.fetches:
            jobs = {name: spec.job_definitions[name] for name in role.fetches}
            own = {name: job.model_copy(update={"execution_role": "environment"}) for name, job in jobs.items()}
            for demand in list_execution_demands(role.arn, use, spec.model_copy(update={"job_definitions": own})):
                yield replace(demand, policy="")  # the environment's policy is for the jobs of its own role
