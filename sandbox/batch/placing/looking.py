"""Takes the scheduler's picture of a region: what Batch remembers, and what ECS knows of the machines."""

from itertools import islice

from sandbox.batch.compute_environments.resource_rules import SPOT
from sandbox.batch.model import account
from sandbox.batch.model.fleet import Machine
from sandbox.batch.model.records import Environment, Job, Queue, Records
from sandbox.batch.placing import offers
from sandbox.batch.placing.picture import Habitat, Line, Picture, Place, Size, Waiting
from sandbox.ec2.model.instance_types import gpus, vcpus
from sandbox.ec2.model.registered_memory import find_registered_mib
from sandbox.ecs import running as ecs
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.world.world import current

AHEAD = 1000  # jobs of a queue that are looked at in one go: the sandbox's own limit
_SILENT = 60.0  # seconds that a machine whose agent is not connected is waited for
_AT_WORK = ("VALID", "UPDATING")


def take_picture(records: Records) -> Picture:
    """Take the picture as things are now; machines that have joined, or have become idle, are marked so."""
    habitats, places = [], []
    for environment in records.environments.values():
        instances = list_instances(records, environment)
        for machine in records.fleet.list_of(environment.arn):
            instance = instances.get(machine.id)
            _mark(records, machine, instance)
            places.append(_make_place(machine, instance))
        if environment.kind == "UNMANAGED":
            places += [_make_foreign_place(records, environment, instance) for instance in instances.values()]
        habitats.append(make_habitat(records, environment))
    lines = [_make_line(records, queue) for queue in records.queues.values() if queue.status in _AT_WORK]
    return Picture(tuple(lines), tuple(habitats), tuple(places))


def list_instances(records: Records, environment: Environment) -> dict[str, ContainerInstance]:
    """List an environment's container instances by EC2 instance id."""
    known = ecs.list_instances(records.region_name, environment.cluster)
    return {instance.ec2_instance_id: instance for instance in known if instance.status != "INACTIVE"}


def _mark(records: Records, machine: Machine, instance: ContainerInstance | None) -> None:
    now = current().clock.now()
    if instance is None:
        return
    if machine.joined is None:
        machine.joined = machine.idle_since = now
        memory_mib = int(instance.registered.get("MEMORY", 0))
        records.fleet.registered[machine.environment, machine.instance_type] = memory_mib
    if instance.live:
        machine.has_run, machine.idle_since = True, None
    elif machine.idle_since is None:
        machine.idle_since = now
    is_silent = instance.status == "ACTIVE" and not instance.agent_connected
    machine.silent_since = (machine.silent_since or now) if is_silent else None


def _make_place(machine: Machine, instance: ContainerInstance | None) -> Place:
    name, environment = machine.id, machine.environment
    if machine.is_replaced:
        return Place(name, environment, Size(0, 0))
    if instance is None:
        size = Size(vcpus(machine.instance_type), find_registered_mib(machine.instance_type),
                    gpus(machine.instance_type))  # fmt: skip
        return Place(name, environment, size, is_coming=machine.joined is None)
    size = Size(vcpus(machine.instance_type), int(instance.registered.get("MEMORY", 0)),
                int(instance.registered.get("GPU", 0)))  # fmt: skip
    now, silent = current().clock.now(), machine.silent_since
    return Place(name, environment, size, count_taken(instance), is_open=is_open(instance),
                 is_coming=silent is not None and now - silent < _SILENT)  # fmt: skip


def _make_foreign_place(records: Records, environment: Environment, instance: ContainerInstance) -> Place:
    """Make the place of a machine that somebody else has launched into the cluster of an UNMANAGED environment."""
    registered, instance_type = (
        instance.registered,
        account.find_instance_type(records.region_name, instance.ec2_instance_id),
    )
    has = vcpus(instance_type) or int(registered.get("CPU", 0)) // 1024
    size = Size(has, int(registered.get("MEMORY", 0)), int(registered.get("GPU", 0)))
    return Place(instance.ec2_instance_id, environment.arn, size, count_taken(instance), is_open=is_open(instance))


def is_open(instance: ContainerInstance) -> bool:
    """Return whether tasks can be started on a container instance."""
    return instance.status == "ACTIVE" and instance.agent_connected


def count_taken(instance: ContainerInstance) -> Size:
    """Count what the tasks on a container instance take of it."""
    return sum((_count(task) for task in instance.live.values()), Size(0, 0))


def _count(task: Task) -> Size:
    asked = task.asked.container.get("resourceRequirements") or []
    return Size(task.asked.vcpus, task.memory, sum(int(each["value"]) for each in asked if each["type"] == "GPU"))


def make_habitat(records: Records, environment: Environment) -> Habitat:
    resources, fleet, now = environment.resources, records.fleet, current().clock.now()
    whole = [machine for machine in fleet.machines.values() if machine.environment == environment.arn]
    lasting = [machine for machine in whole if not machine.is_leaving and not machine.is_replaced]
    may_place = environment.state == "ENABLED" and environment.status in _AT_WORK
    if environment.kind != "MANAGED":
        return Habitat(environment.arn, may_place=may_place, may_launch=False)
    raised = environment.raised if now < environment.raised_until else 0
    return Habitat(
        environment.arn,
        strategy=resources["allocationStrategy"],
        is_spot=resources["type"] == SPOT,
        types=offers.list_types(records, environment),
        floor=max(resources["minvCpus"], raised),
        present=sum(vcpus(machine.instance_type) for machine in whole),
        lasting=sum(vcpus(machine.instance_type) for machine in lasting),
        most=resources["maxvCpus"],
        may_place=may_place,
        may_launch=may_place and environment.status == "VALID",
        lacking=frozenset(list_lacking(records, environment)),
    )


def list_lacking(records: Records, environment: Environment) -> dict[str, str]:
    """List the types that could not be launched a short while ago, with EC2's error codes."""
    now = current().clock.now()
    lacks = records.fleet.lacks.items()
    return {name: lack.code for (arn, name), lack in lacks if arn == environment.arn and lack.until > now}


def _make_line(records: Records, queue: Queue) -> Line:
    jobs = tuple(Waiting(job.id, count_need(job)) for job in islice(records.runnable[queue.arn], AHEAD))
    return Line(queue.arn, queue.priority, tuple(queue.environments()), jobs)


def count_need(job: Job) -> Size:
    """Count what a job asks for."""
    asked = {each["type"]: int(each["value"]) for each in job.fields["container"]["resourceRequirements"]}
    return Size(asked["VCPU"], asked["MEMORY"], asked.get("GPU", 0))
