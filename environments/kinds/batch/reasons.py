"""Why AWS Batch calls a compute environment INVALID, or leaves a job RUNNABLE, in a person's words (pure).

Sources: "INVALID compute environment" and "Jobs stuck in a RUNNABLE status", AWS Batch User Guide (Troubleshooting).
Batch passes on the words of the service behind it, and these drift: they are matched loosely, the most telling first.
"""

from dataclasses import dataclass
from typing import Literal

Cause = Literal[
    "service role", "fleet role", "profile", "template", "image", "subnet", "group", "key pair", "placement group",
    "jobs", "",
]  # fmt: skip
_GUIDE = '"Troubleshooting" in the AWS Batch User Guide'


@dataclass(frozen=True)
class Reason:
    """What is wrong, what to do, whether IAM may only not have caught up yet, and which kind of thing is to blame."""

    why: str
    hint: str
    may_pass: bool = False
    cause: Cause = ""


_KNOWN = (
    ("sts:AssumeRole", Reason("AWS Batch cannot assume its service role",
     "The role must exist and trust batch.amazonaws.com: invoke register-env makes it so where it is Kiln's. Outside "
     "the path / it must be given by its full ARN.", True, "service role")),
    ("Invalid IamInstanceProfile", Reason("there is no such instance profile",
     "Name an instance profile, not a role, under roles.instance_profile.", True, "profile")),
    ("has no associated IAM Roles", Reason("the instance profile holds no role",
     "Add the instance role to it: invoke register-env does where the profile is Kiln's.", True, "profile")),
    ("IamFleetRole is invalid", Reason("the Spot fleet role is missing, or does not trust spotfleet.amazonaws.com",
     "See roles.spot_fleet; without BEST_FIT none is needed.", True, "fleet role")),
    ("not authorized to perform", Reason("AWS Batch's service role may not do what it must",
     "Attach AWSBatchServiceRole to it: invoke register-env does where the role is Kiln's.", True, "service role")),
    ("MIME", Reason("the launch template's user data is no MIME multi-part text",
     "Write it as parts under user_data in the launch template's definition, then invoke register-env.",
     cause="template")),
    ("specified version", Reason("the version of the launch template that it pins is gone",
     "invoke register-env registers another version.", cause="template")),
    ("launch template", Reason("the launch template, or the version that it pins, is gone",
     "invoke register-env registers another version.", cause="template")),
    ("architecture", Reason("the AMI and the instance types have different architectures",
     "Choose another AMI, or other instance_types.", cause="image")),
    ("image id", Reason("the AMI is gone, or this account may not see it",
     "Choose another: invoke register-env --ami latest.", cause="image")),
    ("subnet", Reason("a subnet is gone", "Name the ones there are under network.subnets.", cause="subnet")),
    ("security group", Reason("a security group is gone", "invoke register-env finds or makes another.",
     cause="group")),
    ("key pair", Reason("there is no such key pair", "Name another under key_pair, or none.", cause="key pair")),
    ("placement group", Reason("there is no such placement group", "Name another under placement_group, or none.",
     cause="placement group")),
    ("INTERNAL_ERROR", Reason("AWS Batch failed by itself",
     "See the AWS Health Dashboard; then invoke register-env, which lets AWS Batch look again.", True)),
)  # fmt: skip


def explain(status_reason: str) -> Reason:
    """The reason behind a compute environment's statusReason; for one that nobody foresaw, AWS's own words."""
    return _first(status_reason, _KNOWN) or Reason(status_reason, f"See statusReason, and {_GUIDE}.")


_RUNNABLE = (
    ("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", Reason("EC2 has no capacity of the allowed instance types there now",
     "Allow more instance types and subnets in more zones; put an On-Demand environment behind a Spot one.", True)),
    ("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE", Reason(
     "it asks for more vCPUs than max_vcpus of its queue's compute environments",
     "Ask for fewer vCPUs, or raise max_vcpus.", cause="jobs")),
    ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", Reason(
     "it asks for more vCPUs, memory or GPUs than an allowed instance type can give",
     "Ask for less, or allow larger instance types.", True, "jobs")),
    ("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS", Reason("AWS Batch's service role may not start machines",
     "Attach AWSBatchServiceRole to it, or use the service-linked role: invoke register-env does.",
     cause="service role")),
    ("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED", Reason(
     "the allowed instance types are not offered in the zones of the subnets",
     "Allow other instance_types, or name subnets in other zones.")),
    ("ACTION_REQUIRED", Reason("AWS Batch waits for somebody to mend its queue's compute environments",
     "Mend what makes them INVALID: see the other findings.")),
    ("UNDETERMINED", Reason("AWS Batch cannot tell why",
     "See whether machines start, and whether they can reach ECS, ECR, S3 and CloudWatch Logs.")),
)  # fmt: skip


def explain_job(status_reason: str) -> Reason | None:
    """The reason behind the statusReason of a job that is RUNNABLE; None where it has none."""
    if not status_reason:
        return None
    return _first(status_reason, _RUNNABLE) or Reason(status_reason, f"See {_GUIDE}.")


def _first(status_reason: str, known: tuple[tuple[str, Reason], ...]) -> Reason | None:
    lowered = status_reason.lower()
    return next((reason for words, reason in known if words.lower() in lowered), None)
