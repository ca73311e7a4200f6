"""Why the job at the head of a queue cannot be placed, in the words of its statusReason.

Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html (causes and messages). A job that
could be placed has no reason: here it waits because nothing places it.
"""

from sandbox.batch import account, definition_rules, instance_types, memory
from sandbox.batch.records import Environment, Job, Queue, Records
from sandbox.laws.instance_types import gpus, vcpus

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


def reason(records: Records, queue: Queue, job: Job) -> str:
    """ "" when some environment of the queue could take the job, or only waits for being enabled."""
    attached = records.of_queue(queue)
    valid = [each for each in attached if each.status != "INVALID"]
    if not valid:
        return INVALID
    managed = [each for each in valid if each.kind == "MANAGED"]
    if len(managed) < len(valid) or queue.state != "ENABLED":
        return ""
    if not any(account.has_policies(each.service_role) for each in managed):
        return SERVICE_ROLE
    asked = definition_rules.requirements(job.fields["container"])
    if all(each.resources["maxvCpus"] < asked["VCPU"] for each in managed):
        return MAX_RESOURCE
    if not any(_fits(each, asked) for each in managed):
        return REQUIREMENT
    return "" if any(_offered(records, each) for each in managed) else UNSUPPORTED


def _fits(environment: Environment, asked: dict[str, int]) -> bool:
    return any(
        vcpus(each) >= asked["VCPU"]
        and memory.registered(each) >= asked["MEMORY"]
        and gpus(each) >= asked.get("GPU", 0)
        for each in instance_types.expand_all(environment.resources["instanceTypes"])
    )


def _offered(records: Records, environment: Environment) -> bool:
    """Whether any of its types is offered in any zone of its subnets."""
    zones = account.zones(records.region_name, environment.resources["subnets"])
    offered = account.offered(records.region_name, zones)
    return any(each in offered for each in instance_types.expand_all(environment.resources["instanceTypes"]))
