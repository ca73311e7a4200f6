"""What job definitions need of the machines that they run on (pure).

Sources: LogConfiguration, AWS Batch API Reference (a driver that the ECS agent does not offer leaves its jobs waiting);
ecs-init of aws/amazon-ecs-agent (what it offers by default).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cloud.machine_images import Arch, Chosen, Family
from environments.machines.families import is_allowed
from environments.machines.fitting import Misfit
from environments.machines.instance_types import InstanceType
from environments.spec.environment import EnvironmentSpec
from environments.spec.job_logs import ECS_INIT
from images.amis import nvidia
from images.spec.bases import ALIASES
from kiln import typed, words
from kiln.errors import UserError
from provision.ecs_agent.agent import Spec as EcsAgent

_KEY = "ECS_AVAILABLE_LOGGING_DRIVERS"


def warn_of_log_drivers(spec: EnvironmentSpec, agents: Iterable[EcsAgent | None]) -> Iterator[str]:
    """Warn of log drivers that no ECS agent offers; `agents` are its settings in the image and the launch template."""
    settings = [agent.settings[_KEY] for agent in agents if agent and _KEY in agent.settings]
    offered = {driver for setting in settings for driver in json.loads(setting)} if settings else set(ECS_INIT)
    for name, job in spec.job_definitions.items():
        if job.log.driver not in offered:
            drivers = ", ".join(sorted({*offered, job.log.driver}))
            yield (
                f"the job definition {name} logs with {job.log.driver}, and the ECS agent offers "
                f"{', '.join(sorted(offered))}: its jobs wait for ever in RUNNABLE. Write into the launch template "
                f"{spec.launch_template}: ecs_agent: {{settings: {{{_KEY}: [{drivers}]}}}}"
            )


@dataclass(frozen=True)
class Place:
    """A compute environment as jobs with GPUs meet it: its types that have some, its AMI, and whether that has NVIDIA's
    driver."""

    name: str
    gpu_types: tuple[str, ...]
    ami: str
    driver: nvidia.Driver


def check_drivers(
    spec: EnvironmentSpec, chosen: Chosen, family: Family, known: Mapping[str, InstanceType]
) -> tuple[str, ...]:
    """Warn of GPUs that jobs cannot have, or may not; raises UserError where jobs ask for some and no AMI gives any."""
    image = chosen.image
    driver = nvidia.tell_driver(image.name, image.owner, image.tags)
    places = {
        name: Place(name, _list_gpu_types(compute.instance_types, known), image.id, driver)
        for name, compute in spec.compute_environments.items()
    }
    queues = {name: [places[member] for member in queue.compute_environments] for name, queue in spec.queues.items()}
    asking = {name: definition.gpus for name, definition in spec.job_definitions.items() if definition.gpus}
    fix = write_driver_fix(family, image.arch, typed.command(f"register-env --env {spec.name}"))
    notes = []
    for name, misfit in find_missing_drivers(asking, queues, fix):
        what = f"the job definition {name} {misfit.what}" if name in asking else f"{name} {misfit.what}"
        if misfit.hopeless:
            raise UserError(what, misfit.why, f"{misfit.fix[0].upper()}{misfit.fix[1:]}.")
        notes.append(f"{what}: {misfit.why}; {misfit.fix}")
    return tuple(notes)


def _list_gpu_types(entries: Sequence[str], known: Mapping[str, InstanceType]) -> tuple[str, ...]:
    return tuple(sorted(name for name, kind in known.items() if kind.gpus and is_allowed(entries, name)))


def find_missing_drivers(
    asking: Mapping[str, int], queues: Mapping[str, Sequence[Place]], fix: str
) -> Iterator[tuple[str, Misfit]]:
    """Find job definitions whose GPUs no AMI gives, then compute environments of GPU types without the driver.

    `asking` are the job definitions that ask for GPUs, with their number; `queues` what is behind each queue. Yields
    the resource's name with what is wrong; it is hopeless where no job can ever start. Queues without any GPU type are
    not spoken of here: `fitting` finds those.
    """
    places = {place.name: place for queue in queues.values() for place in queue if place.gpu_types}
    for name, gpus in asking.items():
        able = {queue: [place for place in members if place.gpu_types] for queue, members in queues.items()}
        able = {queue: members for queue, members in able.items() if members}
        shut = [queue for queue, members in able.items() if all(place.driver == "none" for place in members)]
        if shut:
            amis = ", ".join(sorted({place.ami for queue in shut for place in able[queue]}))
            what = (
                f"asks for {words.count(gpus, 'GPU')}, and {amis}, the AMI of {', '.join(shut)}, has no NVIDIA driver"
            )
            yield (
                name,
                Misfit(what, "no GPU is registered with ECS: its jobs wait there for ever", fix, shut == [*able]),
            )
    for place in places.values():
        if place.driver == "none":
            what = f"allows {_some(place.gpu_types)}, and {place.ami} has no NVIDIA driver"
            yield place.name, Misfit(what, "its GPUs are paid for, and no job can use them", fix, hopeless=False)
        elif place.driver == "unknown":
            what = f"allows {_some(place.gpu_types)}; whether {place.ami} has NVIDIA's driver cannot be told"
            yield place.name, Misfit(what, "without it jobs with gpus wait for ever", fix, hopeless=False)


def write_driver_fix(family: Family, arch: Arch, register: str) -> str:
    """Say which AMI has the driver, and the command that uses it; `register` is the command without --ami."""
    alias = nvidia.find_alias(family, arch)
    if not alias:
        return (
            f"AWS publishes no ECS-optimized AMI of {family} for {arch} with the driver: allow x86_64 types (g5, g6) "
            "and use ecs/al2023-gpu, or an AMI of your own that has it"
        )
    return (
        f"use the ECS GPU-optimized AMI: {register} --ami {alias} (SSM parameter {ALIASES[alias].parameter}); or build "
        f"the image on it: base: {{ssm: {alias}}}"
    )


def _some(types: Sequence[str]) -> str:
    first = ", ".join(types[:3])
    return first if len(types) <= 3 else f"{first} and {len(types) - 3} more GPU types"
