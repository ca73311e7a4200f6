"""Compute environments and job queues as an environment definition writes them.

Sources: AWS Batch API Reference, ComputeResource, CreateJobQueue, JobStateTimeLimitAction.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator

from cloud.names import Tags, TypeOrFamily
from kiln.keys.takes import Takes
from kiln.models import Model, Seconds

BATCH_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$"
Name = Annotated[
    str,
    Field(pattern=BATCH_NAME),
    Takes("a name of up to 128 letters, digits, '_' and '-', not an ARN", "ondemand"),
]
Variable = Annotated[
    str,
    Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
    Takes("a variable's name: letters, digits and '_'", "LANG"),
]
Value = Annotated[str, Takes("text, in quotes where it is a number", "C.UTF-8")]
Label = Annotated[str, Field(min_length=1, max_length=255)]
Strategy = Literal[
    "BEST_FIT", "BEST_FIT_PROGRESSIVE", "SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED"
]  # fmt: skip
ImageType = Literal["ECS_AL2", "ECS_AL2_NVIDIA", "ECS_AL2023", "ECS_AL2023_NVIDIA"]
SPOT_ONLY = ("SPOT_CAPACITY_OPTIMIZED", "SPOT_PRICE_CAPACITY_OPTIMIZED")


class ComputeEnvironment(Model):
    """A managed compute environment on EC2."""

    market: Literal["on-demand", "spot"] = "on-demand"
    allocation_strategy: Strategy | None = None
    """Default: BEST_FIT_PROGRESSIVE on demand, SPOT_PRICE_CAPACITY_OPTIMIZED for Spot."""
    instance_types: Annotated[tuple[TypeOrFamily, ...], Field(min_length=1)] = ("optimal",)
    """Types (c5.2xlarge), families (c5), or optimal, default_x86_64, default_arm64."""
    min_vcpus: StrictInt = Field(0, ge=0, le=1_000_000)
    desired_vcpus: StrictInt | None = None
    """Starts at the minimum, and then AWS Batch sets it: Kiln neither sends nor compares it."""
    max_vcpus: StrictInt = Field(256, ge=1, le=1_000_000)
    bid_percentage: StrictInt | None = Field(None, ge=1, le=100)
    """Spot: the highest price to be paid, in percent of the On-Demand price."""
    key_pair: Annotated[Label, Takes("the name of an EC2 key pair", "genomics")] | None = None
    placement_group: Annotated[Label, Takes("the name of a placement group", "genomics")] | None = None
    image_type: ImageType | None = None
    """Default: what fits the AMI."""
    state: Literal["enabled", "disabled"] = "enabled"
    tags: Tags = Field(default_factory=dict)
    """Tags of the instances."""

    @property
    def strategy(self) -> Strategy:
        ordinary: Strategy = "SPOT_PRICE_CAPACITY_OPTIMIZED" if self.market == "spot" else "BEST_FIT_PROGRESSIVE"
        return self.allocation_strategy or ordinary

    @property
    def needs_fleet_role(self) -> bool:
        """AWS Batch User Guide, "Amazon EC2 Spot Fleet role": SPOT with BEST_FIT."""
        return self.market == "spot" and self.strategy == "BEST_FIT"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.market == "on-demand" and self.strategy in SPOT_ONLY:
            raise ValueError(f"{self.strategy} works only with market: spot")
        if self.market == "on-demand" and self.bid_percentage is not None:
            raise ValueError("bid_percentage works only with market: spot")
        if self.min_vcpus > self.max_vcpus:
            raise ValueError("min_vcpus is above max_vcpus")
        if self.desired_vcpus not in (None, self.min_vcpus):
            raise ValueError("desired_vcpus starts at min_vcpus, and then AWS Batch sets it: leave it out")
        if len(self.instance_types) != len(set(self.instance_types)):
            raise ValueError("instance_types has the same instance type twice")
        return self


class TimeLimit(Model):
    """What happens to a job that waits at the head of the queue in RUNNABLE, for a reason that AWS Batch gives."""

    reason: Literal[
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
    ]
    after: Seconds
    """10 min to 24 h."""
    action: Literal["cancel", "terminate"] = "cancel"

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        if not 600 <= self.after <= 86400:
            raise ValueError("after must be from 10 min to 24 h")
        return self


class JobQueue(Model):
    """A job queue; AWS Batch tries its compute environments in order."""

    priority: StrictInt = Field(1, ge=0, le=1000)
    """Where queues share a compute environment, jobs of the queue with the higher number go first."""
    compute_environments: Annotated[tuple[Name, ...], Field(min_length=1, max_length=3)]
    state: Literal["enabled", "disabled"] = "enabled"
    time_limits: tuple[TimeLimit, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(self.compute_environments) != len(set(self.compute_environments)):
            raise ValueError("compute_environments has the same compute environment twice")
        reasons = [limit.reason for limit in self.time_limits]
        if len(reasons) != len(set(reasons)):
            raise ValueError("time_limits has the same reason twice")
        return self
