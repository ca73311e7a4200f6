"""A compute environment of one type: its minimum is raised until a machine has registered, then it is put back.

A call can only raise desiredvCpus; it falls by itself when the minimum allows it (UpdateComputeEnvironment, AWS Batch
API Reference). A tag says what the minimum was, so that the run after one that was killed puts it back.
"""

from collections.abc import Callable, Sequence

from cloud import tags
from cloud.session import Cloud
from environments.kinds.batch import waiting
from environments.model.region import Region
from jobs.memory.targets import MEASURING


def raise_minimum(cloud: Cloud, arn: str, name: str, run_id: str, minimum: int, vcpus: int) -> None:
    """Remember the minimum, and raise it and the desired vCPUs to a machine's."""
    cloud.client("batch").tag_resource(
        resourceArn=arn, tags={MEASURING: tags.pack({"run": run_id, "min": str(minimum)})}
    )
    waiting.environment_at_rest(cloud, name)
    resources = {"minvCpus": max(minimum, vcpus), "desiredvCpus": max(minimum, vcpus)}
    cloud.client("batch").update_compute_environment(computeEnvironment=name, computeResources=resources)


def put_back(cloud: Cloud, arn: str, name: str, minimum: int) -> None:
    """Put the minimum back, and forget it; nothing where somebody has deleted the compute environment."""
    if waiting.environment_at_rest(cloud, name) is None:
        return
    batch = cloud.client("batch")
    batch.update_compute_environment(computeEnvironment=name, computeResources={"minvCpus": minimum})
    batch.untag_resource(resourceArn=arn, tagKeys=[MEASURING])


def sweep(cloud: Cloud, region: Region, is_over: Callable[[str], bool]) -> Sequence[str]:
    """Put back what runs that are over have raised; says what."""
    swept = []
    for described in region.compute_environments:
        remembered = tags.unpack((described.get("tags") or {}).get(MEASURING, ""))
        if is_over(remembered.get("run", "")):
            name = described["computeEnvironmentName"]
            put_back(cloud, described["computeEnvironmentArn"], name, int(remembered.get("min", "0")))
            swept.append(f"put minvCpus of {name} back to {remembered.get('min', '0')}")
    return swept
