"""Why the job at the head of a queue cannot be placed, in the words of its statusReason.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html (causes and messages). A job that
could be placed has no reason: here it waits because nothing places it.
"""

from sandbox.batch.job_definitions import rules
from sandbox.batch.model import account, instance_types
from sandbox.batch.model.records import Environment, Job, Queue, Records
from sandbox.batch.placing import capacity, memory, network
from sandbox.ec2.model.instance_types import gpus, vcpus

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
    asked = rules.read_requirements(job.fields["container"])
    if all(environment.resources["maxvCpus"] < asked["VCPU"] for environment in managed):
        return MAX_RESOURCE
    fitting = [name for environment in managed for name in _list_fitting(environment, asked)]
    if not fitting:
        return REQUIREMENT
    if not any(_is_offered(records, environment) for environment in managed):
        return UNSUPPORTED
    if all(capacity.is_lacking(name) for name in fitting):
        return CAPACITY.format(fitting[0])
    return "" if any(_can_join(records, environment) for environment in managed) else UNDETERMINED


def _list_fitting(environment: Environment, asked: dict[str, int]) -> list[str]:
    """Return the instance types of an environment that are large enough."""
    return [
        instance_type
        for instance_type in instance_types.expand_all(environment.resources["instanceTypes"])
        if vcpus(instance_type) >= asked["VCPU"]
        and memory.estimate_registered(instance_type) >= asked["MEMORY"]
        and gpus(instance_type) >= asked.get("GPU", 0)
    ]


def _can_join(records: Records, environment: Environment) -> bool:
    """Return whether its instances could reach ECS: Batch does not find out why they never join."""
    resources = environment.resources
    return network.reaches_out(records.region_name, resources["subnets"], resources.get("securityGroupIds") or [])


def _is_offered(records: Records, environment: Environment) -> bool:
    """Return whether any of its types is offered in any zone of its subnets."""
    zones = account.list_zones(records.region_name, environment.resources["subnets"])
    offered = account.list_offered(records.region_name, zones)
    return any(
        instance_type in offered for instance_type in instance_types.expand_all(environment.resources["instanceTypes"])
    )
