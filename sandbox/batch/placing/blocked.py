"""Why the job at the head of a queue cannot be placed, in the words of its statusReason.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html (causes and messages). A job that
waits for others to end, or for a machine that comes, has no reason.
"""

from sandbox.batch.model import account
from sandbox.batch.model.records import Environment, Job, Queue, Records
from sandbox.batch.placing import launching, looking, network, offers, strategies
from sandbox.batch.placing.picture import Size
from sandbox.world.world import current

INVALID = "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
SERVICE_ROLE = "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role has a permission issue."
UNSUPPORTED = (
    "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - Your compute environment associated with this job queue "
    "has an unsupported instance type configuration."
)
MAX_RESOURCE = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU "
    "requirement of the job."
)
REQUIREMENT = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that "
    "can be met by the CE(s) attached to the job queue."
)

CAPACITY = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [{}]"
)
UNDETERMINED = "UNDETERMINED - Batch job is blocked, root cause is undetermined."


_DENIED = "UnauthorizedOperation"


def find_reason(records: Records, queue: Queue, job: Job) -> str:
    """Find why no compute environment of the queue could take the job; "" when there is no reason, or only that it is
    disabled.
    """
    attached = records.of_queue(queue)
    valid = [environment for environment in attached if environment.status != "INVALID"]
    if not valid:
        return INVALID
    managed = [environment for environment in valid if environment.kind == "MANAGED"]
    if len(managed) < len(valid) or queue.state != "ENABLED":
        return ""
    if not any(account.has_policies(environment.service_role) for environment in managed):
        return SERVICE_ROLE
    return _find_misfit(records, managed, looking.count_need(job)) or _find_lack(
        records, [environment for environment in managed if environment.state == "ENABLED"], looking.count_need(job)
    )


def _find_misfit(records: Records, managed: list[Environment], need: Size) -> str:
    """Find why no environment could ever have a machine for the job."""
    if all(environment.resources["maxvCpus"] < need.vcpus for environment in managed):
        return MAX_RESOURCE
    if not any(need.fits(each.size) for environment in managed for each in offers.list_named(records, environment)):
        return REQUIREMENT
    return "" if any(offers.list_types(records, environment) for environment in managed) else UNSUPPORTED


def _find_lack(records: Records, usable: list[Environment], need: Size) -> str:
    """Find why no environment can have the machine now, or why those that it has do not join."""
    codes: dict[str, str] = {}
    for environment in usable:
        habitat, lacking = looking.make_habitat(records, environment), looking.list_lacking(records, environment)
        fitting = [machine_type.name for machine_type in strategies.list_fitting(habitat, need)]
        if _has_machine(records, environment, need) or not set(fitting) <= set(lacking):
            return "" if any(_can_join(records, each) for each in usable) else UNDETERMINED
        codes |= {name: lacking[name] for name in fitting}
    if codes and set(codes.values()) == {launching.CAPACITY}:
        return CAPACITY.format(next(iter(codes)))
    return SERVICE_ROLE if codes and set(codes.values()) == {_DENIED} else UNDETERMINED if codes else ""


def _has_machine(records: Records, environment: Environment, need: Size) -> bool:
    """Return whether an environment has a machine that is large enough, be it full or on its way."""
    names = {machine.instance_type for machine in records.fleet.list_of(environment.arn) if not machine.is_replaced}
    return any(need.fits(each.size) for each in offers.list_types(records, environment) if each.name in names)


def _can_join(records: Records, environment: Environment) -> bool:
    """Return whether its machines reach ECS; those that do not join in time have another fault, which Batch cannot see.

    A machine that is up and takes jobs says more than all that could be known of the network.
    """
    machines = records.fleet.list_of(environment.arn)
    if any(machine.joined is not None for machine in machines):
        return True
    late = current().clock.now() - current().delays.batch_join
    resources = environment.resources
    leads_out = network.reaches_out(records.region_name, resources["subnets"], resources.get("securityGroupIds") or [])
    return leads_out and not any(machine.launched <= late for machine in machines)
