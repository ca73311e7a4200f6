"""Make the plan: ask AWS once for everything that there is, and compare. Nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cloud.session import Cloud
from environments.kinds import order
from environments.kinds.batch import compute_environments, job_definitions, job_queues, jobs
from environments.kinds.ec2 import launch_templates as templates
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Existing, Key
from environments.plan import ami as amis
from environments.plan import instance_types, network, removal
from environments.plan.comparison import Comparison, compare
from environments.plan.plan import Plan, notes
from environments.plan.removal import Batch, Removals
from environments.plan.steps import step
from environments.rollout.options import Options
from environments.rollout.situation import Situation, own_queues
from environments.spec.environment import EnvironmentSpec
from launch_templates.plan import family_of

_ORDINARY = Options()


def prepare(cloud: Cloud, spec: EnvironmentSpec, ami: str = "", options: Options = _ORDINARY) -> Plan:
    """Plan for an AMI ("": the definition's); raises UserError for whatever would fail later."""
    account = cloud.account()
    described = compute_environments.described(cloud)
    chosen = amis.choose(cloud, spec, ami, described)
    template = templates.definition(spec)
    family = family_of(template, chosen)
    types = instance_types.look(cloud, spec)
    instance_types.refuse_misfit(spec, chosen, family, types)
    inputs = Inputs(
        spec, account, cloud.region, chosen, family,
        template=templates.prepare(cloud, template, chosen, described),
        network=network.look(cloud, spec),
        now=ownership.now(),
    )  # fmt: skip
    inputs = replace(inputs, existing=_first(cloud, order.first(inputs)))
    desired = (*order.first(inputs), *order.then(inputs))
    batch = Batch(described, job_queues.listed(cloud), job_definitions.active(cloud))
    existing = {**inputs.existing, **_then(cloud, desired, batch)}
    compared = [compare(resource, existing.get((resource.kind, resource.name)), spec.name) for resource in desired]
    removals = removal.look(cloud, spec.name, batch, desired, existing)
    situation = _situation(cloud, spec.name, batch, compared, removals)
    now = datetime.now(UTC).timestamp()
    steps = tuple(step(comparison, options, situation, now) for comparison in compared)
    most = {name: instance_types.most(compute, types) for name, compute in spec.compute_environments.items()}
    running = amis.running(amis.memories(spec, described))
    warnings = (*notes(inputs, steps), *removals.notes)
    return Plan(inputs, steps, running, most, situation, warnings, removals.waiting_for(situation.placed))


def _first(cloud: Cloud, desired: Sequence[Desired]) -> dict[Key, Existing]:
    """What there is of the kinds in FIRST."""
    return {
        (kind.KIND, name): existing
        for kind in order.FIRST
        for name, existing in kind.find(cloud, order.of_kind(kind, desired)).items()
    }


def _then(cloud: Cloud, desired: Sequence[Desired], batch: Batch) -> dict[Key, Existing]:
    """What there is of the kinds behind FIRST: what was listed once is not asked for again."""
    existing: dict[Key, Existing] = {}
    for kind in order.KINDS[len(order.FIRST) :]:
        mine = order.of_kind(kind, desired)
        there: Mapping[str, Existing]
        if kind.KIND == compute_environments.KIND:
            there = compute_environments.match(mine, batch.environments)
        elif kind.KIND == job_queues.KIND:
            there = job_queues.match(mine, batch.queues, batch.environments)
        elif kind.KIND == job_definitions.KIND:
            there = job_definitions.match(mine, batch.definitions)
        else:
            there = kind.find(cloud, mine)
        existing |= {(kind.KIND, name): resource for name, resource in there.items()}
    return existing


def _situation(
    cloud: Cloud, environment: str, batch: Batch, compared: Sequence[Comparison], removals: Removals
) -> Situation:  # fmt: skip
    """The queues as they are listed; the jobs on machines only where a compute environment is replaced or deleted."""
    matter = bool(removals.retired) or any(comparison.needs_rollout for comparison in compared)
    placed = jobs.placed(cloud, own_queues(batch.queues, environment)) if matter else []
    return Situation(environment, tuple(batch.queues), tuple(placed))
