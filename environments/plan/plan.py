"""What registering an environment would do: each resource beside what is there, before anything is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cloud.session import Cloud
from environments.kinds import order
from environments.kinds.batch import compute_environments, job_definitions, job_queues
from environments.kinds.batch import settling as settle
from environments.kinds.ec2 import launch_templates as templates
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Existing, Key, Kind
from environments.plan import ami as choice
from environments.plan import dropped, network
from environments.plan import instance_types as machines
from environments.plan.dropped import Batch, Dropped
from environments.plan.steps import Step, rolled_out, step
from environments.rollout.decision import Options
from environments.spec.environment import EnvironmentSpec
from launch_templates.plan import family_of

_ORDINARY = Options()


@dataclass(frozen=True)
class Plan:
    """`running` are the AMIs of the compute environments as they are; `most` what each may launch at most, in words;
    `notes` are warnings, `dropped` is what the definition no longer names."""

    inputs: Inputs
    steps: tuple[Step, ...]
    running: tuple[str, ...]
    most: Mapping[str, str]
    notes: tuple[str, ...] = ()
    dropped: Dropped = field(default_factory=Dropped)

    @property
    def spec(self) -> EnvironmentSpec:
        return self.inputs.spec

    @property
    def something_to_do(self) -> bool:
        return bool(self.dropped.steps) or any(step.something_to_do for step in self.steps)

    @property
    def at_rest(self) -> bool:
        """Whether AWS Batch has finished with every compute environment and queue."""
        return not any(step.existing and step.existing.extra.get("status") in settle.MOVING for step in self.steps)

    def of(self, kind: Kind) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.desired.kind == kind.KIND)


def prepare(cloud: Cloud, spec: EnvironmentSpec, ami: str = "", options: Options = _ORDINARY) -> Plan:
    """The plan for an AMI ("": the definition's); raises UserError for whatever would fail later."""
    account = cloud.account()
    described = compute_environments.described(cloud)
    chosen = choice.choose(cloud, spec, ami, described)
    template = templates.definition(spec)
    family = family_of(template, chosen)
    types = machines.look(cloud, spec)
    machines.refuse_misfit(spec, chosen, family, types)
    inputs = Inputs(
        spec, account, cloud.region, chosen, family,
        template=templates.prepare(cloud, template, chosen, described),
        network=network.look(cloud, spec),
        now=ownership.now(),
    )  # fmt: skip
    desired = order.first(inputs)
    there = {(kind.KIND, name): found for kind in order.FIRST for name, found in
             kind.find(cloud, order.of_kind(kind, desired)).items()}  # fmt: skip
    inputs = replace(inputs, existing=there)
    desired = (*order.first(inputs), *order.then(inputs))
    batch = Batch(described, job_queues.listed(cloud), job_definitions.active(cloud))
    there = {**there, **_found_then(cloud, desired, batch)}
    steps = tuple(step(each, there.get((each.kind, each.name)), spec.name) for each in desired)
    steps = rolled_out(cloud, spec.name, steps, options)
    most = {name: machines.most(each, types) for name, each in spec.compute_environments.items()}
    running = choice.running(choice.memories(spec, described))
    gone = dropped.look(cloud, spec.name, batch, desired, there)
    return Plan(inputs, steps, running, most, (*notes(inputs, steps), *gone.notes), gone)


def _found_then(cloud: Cloud, desired: Sequence[Desired], batch: Batch) -> dict[Key, Existing]:
    """Of the kinds behind FIRST: what was asked for once already is not asked for again."""
    found: dict[Key, Existing] = {}
    for kind in order.KINDS[len(order.FIRST) :]:
        mine = order.of_kind(kind, desired)
        if kind.KIND == compute_environments.KIND:
            there = compute_environments.match(mine, batch.environments)
        elif kind.KIND == job_queues.KIND:
            there = job_queues.match(mine, batch.queues, batch.environments)
        elif kind.KIND == job_definitions.KIND:
            there = job_definitions.match(mine, batch.definitions)
        else:
            there = kind.find(cloud, mine)
        found |= {(kind.KIND, name): each for name, each in there.items()}
    return found


def notes(inputs: Inputs, steps: Sequence[Step]) -> tuple[str, ...]:
    """What a person should know beside the changes (pure)."""
    found = list(inputs.network.warnings)
    image, spec = inputs.chosen.image, inputs.spec
    if image.deprecated and image.deprecated < datetime.now(UTC) + timedelta(days=30):
        found.append(f"{image.id} is deprecated from {image.deprecated:%Y-%m-%d} on")
    for name, each in spec.compute_environments.items():
        if each.min_vcpus:
            found.append(f"{name} keeps {each.min_vcpus} vCPUs running, and paid for, when there are no jobs")
    for one in steps:
        if one.action == "foreign" and one.changes:
            lacks = ", ".join(change.field for change in one.changes)
            found.append(
                f"the {one.desired.kind} {one.desired.name} is not Kiln's and stays as it is; it differs: {lacks}"
            )
    return tuple(found)
