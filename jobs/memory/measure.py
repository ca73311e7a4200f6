"""Measuring what machines register with ECS, from beginning to end: a machine of each type, for some minutes.

Where a machine of the type runs already with the AMI, none is started.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cloud import machine_images, tags, wait
from cloud.session import Cloud
from environments.kinds.batch import waiting
from environments.kinds.batch.existing_environment import from_description, read_definition_name
from environments.machines import instance_types, recorded
from environments.machines.families import list_families
from environments.model import ownership
from environments.model.region import Region
from environments.spec.environment import EnvironmentSpec
from jobs.looks import living, registered
from jobs.memory import copies, raising
from jobs.memory.targets import Target, choose_target, choose_types
from jobs.model import runs
from kiln import signals, typed, words
from kiln.errors import UserError
from kiln.screen import Screen
from kiln.undo import Undo

LONGEST = 1200.0  # seconds until a machine has registered


@dataclass(frozen=True)
class Measured:
    """`memory` in MiB; `how` in words."""

    target: Target
    memory: int
    how: str


def measure(cloud: Cloud, spec: EnvironmentSpec, screen: Screen, *, types: Sequence[str] = ()) -> tuple[Measured, ...]:
    """Measure the types (default: those that the environment allows), and record what came in the tags of the AMI.

    What it changes is put back and what it makes is removed at its end, after Ctrl-C too; what a killed run left, the
    next puts right. Raises UserError for an unknown environment or type, and for machines that did not come in time.
    """
    now = datetime.now(UTC)
    run_id = runs.make_id(now)
    with living.journaled(run_id, spec.name), Undo() as undo:
        _sweep(cloud, spec.name, screen, run_id, now)
        targets = _choose(cloud, spec, types)
        measured = {target.type.name: known for target in targets if (known := _look(cloud, target))}
        rest = [target for target in targets if target.type.name not in measured]
        places = {target.type.name: _start(cloud, spec.name, target, run_id, undo, screen) for target in rest}
        measured |= _await(cloud, rest, places, screen)
        _record(cloud, list(measured.values()))
    if missing := [target.type.name for target in targets if target.type.name not in measured]:
        raise UserError(
            f"no machine of {', '.join(missing)} registered within {words.format_seconds(LONGEST)}",
            "EC2 may have no capacity of it, or the machine cannot reach ECS",
            f"See {typed.command(f'doctor --env {spec.name}')}; what was measured is recorded.",
        )
    return tuple(measured[target.type.name] for target in targets)


def _sweep(cloud: Cloud, environment: str, screen: Screen, run_id: str, now: datetime) -> None:
    region, is_over = Region(cloud), living.judge_by(run_id, now)
    swept = (*raising.sweep(cloud, region, is_over), *copies.sweep(cloud, environment, region, is_over))
    for what in swept:
        screen.say(f"  a run that was killed left something: {what}")


def _choose(cloud: Cloud, spec: EnvironmentSpec, types: Sequence[str]) -> list[Target]:
    own = [described for described in Region(cloud).compute_environments if ownership.carries(described, spec.name)]
    rested = [waiting.environment_at_rest(cloud, described["computeEnvironmentName"]) for described in own]
    compute = [from_description(described, read_definition_name(described)) for described in rested if described]
    if not compute:
        raise UserError(
            f"there is no environment {spec.name} in {cloud.region}",
            "no compute environment there has its tag",
            f"Register it: {typed.command(f'register-env --env {spec.name}')}.",
        )
    entries = types or sorted({str(name) for environment in compute for name in environment.fields["instanceTypes"]})
    known = instance_types.describe(cloud, {family for name in entries for family in list_families(name)})
    return [choose_target(kind, compute, spec.name) for kind in choose_types(compute, known, types, spec.name)]


def _look(cloud: Cloud, target: Target) -> Measured | None:
    """What a machine that runs already has registered."""
    memory = registered.find_memory(registered.describe(cloud, target.base.cluster), target.type.name, target.ami)
    return Measured(target, memory, "a machine that runs") if memory else None


def _start(cloud: Cloud, environment: str, target: Target, run_id: str, undo: Undo, screen: Screen) -> str:
    """Let a machine start, and remember how that is undone; returns the compute environment's name."""
    base = target.base
    if target.own:
        minimum = int(base.fields["minvCpus"] or 0)
        screen.say(f"  {target.type.name}: minvCpus of {base.aws_name} {minimum} → {max(minimum, target.type.vcpus)}")
        with signals.hold():
            undo.push(
                f"minvCpus of {base.aws_name}",
                lambda: raising.put_back(cloud, base.id, base.aws_name, minimum),
                by_hand=f"aws batch update-compute-environment --compute-environment {base.aws_name} "
                f"--compute-resources minvCpus={minimum}",
            )
            raising.raise_minimum(cloud, base.id, base.aws_name, run_id, minimum, target.type.vcpus)
        return base.aws_name
    with signals.hold():
        name = copies.create(cloud, target, run_id)
        undo.push(
            f"the compute environment {name}",
            lambda: copies.delete(cloud, environment, name),
            by_hand=f"aws batch delete-compute-environment --compute-environment {name}",
        )
    screen.say(f"  {target.type.name}: a compute environment for a while, {name}")
    return name


def _await(
    cloud: Cloud, targets: Sequence[Target], places: Mapping[str, str], screen: Screen
) -> dict[str, Measured]:  # fmt: skip
    """Wait until a machine of every type has registered, or LONGEST has passed; returns those that came."""
    measured: dict[str, Measured] = {}
    clusters = {
        name: str(described["ecsClusterArn"])
        for name, described in waiting.environments_valid(cloud, sorted(set(places.values()))).items()
    }
    began = wait.now()

    def probe() -> bool | None:
        for target in targets:
            name = target.type.name
            if name not in measured:
                machines = registered.describe(cloud, clusters[places[name]])
                if memory := registered.find_memory(machines, name, target.ami):
                    how = f"a machine in {places[name]}"
                    measured[name] = Measured(target, memory, how)
                    screen.say(f"  {name}: {memory} MiB registered after {words.format_seconds(wait.now() - began)}")
        return True if len(measured) == len(targets) or wait.now() - began > LONGEST else None

    if targets:
        wait.until(probe, what="machines", timeout=None, every=3.0, longest=10.0)
    return measured


def _record(cloud: Cloud, measured: Sequence[Measured]) -> None:
    """Write it into the tags of the AMIs."""
    for ami in sorted({known.target.ami for known in measured if known.target.ami}):
        described = machine_images.describe(cloud, ImageIds=[ami])
        sizes = {known.target.type.name: known.memory for known in measured if known.target.ami == ami}
        if described:
            labels = recorded.write(sizes, tags.as_dict(described[0].get("Tags")))
            cloud.ec2.create_tags(Resources=[ami], Tags=tags.as_list(labels))
