"""Looks at what roles may do: IAM is asked, or their policies are read."""

from collections.abc import Iterator

from cloud import errors, tags
from cloud.rights.check import check_rights
from cloud.rights.demand import Demand, Verdict
from cloud.session import Cloud
from environments.doctor.facts.compute_environments import Described, resources, short_name
from environments.doctor.facts.rights import Rights
from environments.doctor.facts.roles import Roles
from environments.doctor.facts.scope import Scope
from environments.kinds.ec2 import launch_templates as templates
from environments.model import ownership
from environments.plan.job_roles import list_demands, list_named
from environments.rights.of_heads import list_head_demands
from environments.rights.of_images import list_execution_demands, list_image_demands
from environments.rights.of_machines import list_machine_demands
from environments.rights.of_services import demand_of_batch, demand_of_spot_fleet
from environments.rights.of_tasks import list_task_demands
from environments.rights.use import Use, use_of
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from launch_templates.spec import LaunchTemplateSpec


def describe_rights(cloud: Cloud, scope: Scope, roles: Roles) -> Rights:
    """Check the rights of the roles of every environment in the scope, by its definition where there is one."""
    names = [scope.name] if scope.name else scope.names()
    checked = {name: check_rights(cloud, _demands(cloud, scope.of(name), roles)) for name in names}
    return Rights(checked, _attachable(cloud, [verdict for verdicts in checked.values() for verdict in verdicts]))


def _demands(cloud: Cloud, scope: Scope, roles: Roles) -> Iterator[Demand]:
    """A role that several compute environments use is asked about once."""
    asked: dict[tuple[str, str], Demand] = {}
    spec = scope.definitions.get(scope.name)
    for environment in scope.environments:
        use = _use(environment, spec)
        for demand in _of_environment(environment, use, roles):
            asked.setdefault((demand.role, demand.name), demand)
    yield from asked.values()
    if spec and spec.job_role and scope.environments:
        role, use = _role(cloud, spec.job_role), _use(scope.environments[0], spec)
        yield from list_task_demands(role, use) if role else ()
    if spec and spec.with_execution_role and scope.environments:
        role, use = _role(cloud, spec.execution_role), _use(scope.environments[0], spec)
        yield from list_execution_demands(role, use, spec) if role else ()
    if spec and spec.nextflow_role and scope.environments:
        role, use = _role(cloud, spec.nextflow_role), _use(scope.environments[0], spec)
        yield from list_head_demands(role, use, spec) if role else ()
    if spec and scope.environments:
        own = {demand.role for demand in asked.values()} | {spec.job_role, spec.execution_role, spec.nextflow_role}
        named = tuple(role for role in list_named(spec.job_definitions)
                      if role.name in roles.by_name and role.name not in own)  # fmt: skip
        yield from list_demands(named, spec, _use(scope.environments[0], spec))


def _role(cloud: Cloud, name: str) -> str:
    """Its ARN; "" where there is none."""
    answer = errors.or_none(cloud.client("iam").get_role, RoleName=name)
    return str(answer["Role"]["Arn"]) if answer else ""


def _of_environment(environment: Described, use: Use, roles: Roles) -> Iterator[Demand]:
    profile = roles.profiles.get(short_name(str(resources(environment).get("instanceRole") or "")))
    if profile is None or profile.role is None:
        return
    machines = profile.role.arn
    yield from list_machine_demands(machines, use)
    yield from list_image_demands(machines, use)
    yield from list_task_demands(machines, use) if use.tasks_on_machine else ()
    if service := roles.by_name.get(short_name(str(environment.get("serviceRole") or ""))):
        yield demand_of_batch(service.arn, use, machines)
    if fleet := roles.by_name.get(short_name(str(resources(environment).get("spotIamFleetRole") or ""))):
        yield demand_of_spot_fleet(fleet.arn, use, machines)


def _use(environment: Described, spec: EnvironmentSpec | None) -> Use:
    """By the definition; without one the machines must join ECS and write the jobs' output, and no more is known."""
    partition, region, account = (str(environment["computeEnvironmentArn"]).split(":")[part] for part in (1, 3, 4))
    cluster = str(environment.get("ecsClusterArn") or f"arn:{partition}:ecs:{region}:{account}:cluster/kiln")
    if spec is None:
        return Use(partition, region, account, cluster)
    return use_of(spec, _template(spec), region, account, partition)


def _template(spec: EnvironmentSpec) -> LaunchTemplateSpec | None:
    try:
        return templates.definition(spec)
    except UserError:
        return None


def _attachable(cloud: Cloud, verdicts: list[Verdict]) -> frozenset[str]:
    """Policies of Kiln's own that a role lacks. One that may not be looked at counts as none."""
    iam = cloud.client("iam")
    lacking = {verdict.demand.policy for verdict in verdicts if verdict.lacks}
    named = {arn for arn in lacking if arn and ":iam::aws:" not in arn}
    there = {arn: errors.or_none(iam.get_policy, *errors.DENIED, PolicyArn=arn) for arn in sorted(named)}
    return frozenset(
        arn for arn, answer in there.items() if answer and ownership.users(tags.as_dict(answer["Policy"].get("Tags")))
    )
