"""Where AWS has no machines to give: as a fault arranged in the sandbox says.

Capacity is nothing that an account can see or change. A fault of RunInstances with the code
InsufficientInstanceCapacity (for one InstanceType, or for all) means that Batch cannot launch either.
Source: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_capacity.html
"""

from sandbox.world.world import current

CODE = "InsufficientInstanceCapacity"


def is_lacking(instance_type: str) -> bool:
    """Return whether a launch of this type would find no capacity now; the fault is not used up."""
    return any(
        fault["code"] == CODE
        and fault["action"] in ("RunInstances", "*")
        and fault["times"] != 0
        and fault["where"].get("InstanceType", instance_type) == instance_type
        for fault in current().faults.report()
    )
