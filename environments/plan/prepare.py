"""Make the plan: ask AWS once for everything that there is, and compare. Nothing is changed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from cloud import tags
from cloud.looks import Looks
from cloud.session import Cloud
from environments.kinds.batch import jobs
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.order import KINDS
from environments.machines import (
    agent_settings,
    definitions,
    instance_stores,
    instance_types,
    job_needs,
    offers,
    recorded,
    references,
)
from environments.machines.families import is_allowed
from environments.machines.instance_types import InstanceType
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.region import Region
from environments.model.resource import Desired, Existing, Key
from environments.plan import ami as amis
from environments.plan import job_roles, missing, named, network, profiles, pushed_images, removal, roles
from environments.plan.comparison import Comparison, compare
from environments.plan.plan import Plan, write_notes
from environments.plan.removal import Removals
from environments.plan.steps import plan_step
from environments.rollout.options import Options
from environments.rollout.situation import Situation, list_own_queues
from environments.spec.environment import EnvironmentSpec
from launch_templates.plan import find_family

_ORDINARY = Options()


def prepare(
    cloud: Cloud, spec: EnvironmentSpec, ami: str = "", options: Options = _ORDINARY, *, env: str = ""
) -> Plan:  # fmt: skip
    """Plan for an AMI ("": the definition's); raises UserError for whatever would fail later.

    `env` is the name or path that a person gave for the definition.
    """
    account, region = cloud.account(), Region(cloud)
    described = region.compute_environments
    chosen = amis.choose(cloud, spec, ami, described)
    template = templates.definition(spec)
    family = find_family(template, chosen)
    types = instance_types.look_up(cloud, spec)
    instance_types.refuse_misfit(spec, chosen, family, types)
    instance_types.refuse_small_limits(spec, types)
    instance_stores.refuse_missing(spec, template, chosen.image, types)
    agents = (template.ecs_agent, amis.find_agent(spec.image))
    settings = agent_settings.merge(agents[1] if tags.IMAGE in chosen.image.tags else None, agents[0])
    agent_settings.refuse_unmet(spec, settings)
    kept = agent_settings.read_kept(settings)
    misfits = definitions.check_definitions(spec, types, recorded.read(chosen.image.tags), kept)
    looks = Looks()
    place = network.look(cloud, spec)
    where = network.describe(cloud, place)
    gpus = job_needs.check_drivers(spec, chosen, family, types)
    references.check(cloud, spec, looks)
    lacking = named.check(cloud, spec, account, looks)
    notes = (*misfits, *lacking, *gpus, *_check_offers(cloud, spec, types, where.zones, looks))
    inputs = Inputs(
        spec, account, cloud.region, chosen, family,
        template=templates.prepare(cloud, template, chosen, described),
        network=where,
        now=ownership.now(),
        images=pushed_images.list_references(cloud, spec.repositories),
    )  # fmt: skip
    foreign = job_roles.refuse_unusable(cloud, inputs, looks)
    desired, existing = _resources(region, inputs)
    inputs = inputs.knowing(existing)
    missing.refuse_missing(inputs, desired, existing, env or spec.name)
    compared = [compare(resource, existing.get(resource.key), spec.name) for resource in desired]
    removals = removal.plan_removals(region, spec.name, desired, existing, inputs.waiting)
    situation = _situation(region, spec.name, compared, removals)
    now = datetime.now(UTC).timestamp()
    steps = tuple(plan_step(comparison, options, situation, now) for comparison in compared)
    roles.refuse_untrusting(steps)
    profiles.refuse_unusable(steps)
    most = {name: instance_types.describe_most(compute, types) for name, compute in spec.compute_environments.items()}
    running = amis.list_running(amis.read_memories(spec, described))
    waiting = (*job_needs.warn_of_log_drivers(spec, agents), *amis.warn_of_other_kind(spec, template.ami, chosen, ami))
    verdicts = roles.check_rights_of(cloud, inputs, steps, foreign)
    waiting = (*waiting, *network.warn_of_rules(cloud, place, steps, looks))
    warnings = (*notes, *waiting, *write_notes(inputs, steps), *roles.describe_rights(verdicts, steps), *removals.notes)
    return Plan(
        inputs, steps, running, most, situation, warnings, removals.waiting_for(situation.placed),
        (*looks.unchecked, *roles.list_unchecked(verdicts), *roles.list_unsure(steps),
         *roles.list_others_buckets(steps)),
    )  # fmt: skip


def _check_offers(
    cloud: Cloud, spec: EnvironmentSpec, types: Mapping[str, InstanceType], zones: frozenset[str], looks: Looks
) -> tuple[str, ...]:
    """Warn of types that the subnets' zones do not offer.

    AWS is asked where the definition chooses among the zones: the default VPC has a subnet in each of them, and a type
    that the region has is offered in one.
    """
    if spec.network.vpc == "default" and not spec.network.subnets:
        return ()
    entries = {entry for compute in spec.compute_environments.values() for entry in compute.instance_types}
    named = [name for name in types if is_allowed(entries, name)]
    seen = looks.at("whether the subnets' zones offer the instance types", None, partial(offers.describe, cloud, named))
    return () if seen is None else offers.check(spec, types, zones, seen)


def _resources(region: Region, inputs: Inputs) -> tuple[list[Desired], dict[Key, Existing]]:
    """Work out what is desired and find what exists of it, kind by kind: one may need the ids of those before it."""
    desired: list[Desired] = []
    existing: dict[Key, Existing] = {}
    for kind in KINDS:
        of_kind = kind.desired(inputs.knowing(existing))
        desired += of_kind
        existing |= {(kind.KIND, name): resource for name, resource in kind.match(region, of_kind).items()}
    return desired, existing


def _situation(
    region: Region, environment: str, compared: Sequence[Comparison], removals: Removals
) -> Situation:  # fmt: skip
    """The queues as they are listed; the jobs on machines only where a compute environment is replaced or deleted."""
    matter = bool(removals.retired) or any(comparison.needs_rollout for comparison in compared)
    placed = jobs.placed(region.cloud, list_own_queues(region.job_queues, environment)) if matter else []
    return Situation(environment, tuple(region.job_queues), tuple(placed))
