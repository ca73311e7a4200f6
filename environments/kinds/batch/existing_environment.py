"""A compute environment as AWS Batch describes it (pure)."""

from dataclasses import dataclass

from environments.kinds.batch import compute_request
from environments.kinds.batch.waiting import MOVING
from environments.model import ownership
from environments.model.region import Described
from environments.model.resource import Existing


@dataclass(frozen=True, kw_only=True)
class ExistingEnvironment(Existing):
    """A compute environment under the definition's name; `aws_name` is its own.

    `desired_vcpus` is what AWS Batch runs now, `cluster` the ARN of its ECS cluster. `others` have the same definition:
    a roll-out left them.
    """

    aws_name: str
    status: str
    reason: str
    desired_vcpus: int
    cluster: str
    others: tuple["ExistingEnvironment", ...] = ()

    @property
    def moving(self) -> bool:
        return self.status in MOVING


def read_definition_name(environment: Described) -> str:
    """The definition's name for a compute environment as Batch describes it (pure)."""
    labels = environment.get("tags") or {}
    return str(labels.get(ownership.COMPUTE_ENVIRONMENT) or environment["computeEnvironmentName"])


def from_description(
    environment: Described, name: str, others: tuple[ExistingEnvironment, ...] = ()
) -> ExistingEnvironment:
    """A compute environment as Batch describes it, under the definition's `name` (pure)."""
    return ExistingEnvironment(
        compute_request.NAME, name, environment["computeEnvironmentArn"], compute_request.fields(environment),
        environment.get("tags") or {},
        aws_name=environment["computeEnvironmentName"],
        status=environment.get("status", ""),
        reason=environment.get("statusReason", ""),
        desired_vcpus=(environment.get("computeResources") or {}).get("desiredvCpus", 0),
        cluster=environment.get("ecsClusterArn", ""),
        others=others,
    )  # fmt: skip
