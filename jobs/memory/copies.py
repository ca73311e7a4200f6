"""A compute environment for a while, of one type: the same AMI, launch template, role and subnets as another's.

Its name begins with the other's, so that whoever may make that may make this; its tag says whose run it is.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cloud.session import Cloud
from environments.kinds.batch import compute_request, deletion
from environments.model.region import Region
from jobs.memory.targets import Target

TAG = "kiln:measure"


def make_request(target: Target, run_id: str) -> dict[str, Any]:
    """Make the parameters of CreateComputeEnvironment (pure): exactly one machine, On-Demand where it may be."""
    kind, fields = target.type, target.base.fields
    size = kind.name.replace(".", "-")
    name = f"{target.base.aws_name[:80]}-measure-{size}-{run_id[-6:]}"
    sizes = {"instanceTypes": (kind.name,), "minvCpus": kind.vcpus, "maxvCpus": kind.vcpus}
    service = {} if fields["serviceRole"] == "service-linked" else {"serviceRole": fields["serviceRole"]}
    return {
        "computeEnvironmentName": name,
        "type": "MANAGED",
        "state": "ENABLED",
        "computeResources": compute_request.resources({**fields, **sizes}),
        "tags": {TAG: run_id},
        **service,
    }


def create(cloud: Cloud, target: Target, run_id: str) -> str:
    """Create it; returns its name. It is not VALID yet."""
    made = cloud.client("batch").create_compute_environment(**make_request(target, run_id))
    return str(made["computeEnvironmentName"])


def delete(cloud: Cloud, environment: str, name: str) -> None:
    """Bring it to no machine, and delete it; `environment` is the name of the environment that it was made for."""
    deletion.delete_environment(cloud, environment, name)


def sweep(cloud: Cloud, environment: str, region: Region, is_over: Callable[[str], bool]) -> Sequence[str]:
    """Delete what runs that are over have made; says what."""
    swept = []
    for described in region.compute_environments:
        if is_over((described.get("tags") or {}).get(TAG, "")):
            delete(cloud, environment, described["computeEnvironmentName"])
            swept.append(f"deleted the compute environment {described['computeEnvironmentName']}")
    return swept
