"""Why AWS Batch calls a compute environment INVALID, in a person's words.

Source: "INVALID compute environment", AWS Batch User Guide (Troubleshooting).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """What is wrong, what to do, and whether IAM may only not have caught up yet."""

    why: str
    hint: str
    may_pass: bool = False


_KNOWN = (
    ("MIME", Reason("the launch template's user data is no MIME multi-part text",
     "Write it as parts under user_data in the launch template's definition.")),
    ("sts:AssumeRole", Reason("AWS Batch cannot assume its service role",
     "The role must exist and trust batch.amazonaws.com: invoke register-env makes it so where it is Kiln's.", True)),
    ("Invalid IamInstanceProfile", Reason("there is no such instance profile",
     "Name an instance profile, not a role, under roles.instance_profile.", True)),
    ("has no associated IAM Roles", Reason("the instance profile holds no role",
     "Add the instance role to it: invoke register-env does where the profile is Kiln's.", True)),
    ("IamFleetRole is invalid", Reason("the Spot fleet role is missing, or does not trust spotfleet.amazonaws.com",
     "See roles.spot_fleet; without BEST_FIT none is needed.", True)),
    ("launch template", Reason("the launch template, or the version that it pins, is gone",
     "invoke register-env registers another version.")),
    ("version", Reason("the version of the launch template that it pins is gone",
     "invoke register-env registers another version.")),
    ("image id", Reason("the AMI is gone, or this account may not see it",
     "Choose another: invoke register-env --ami latest.")),
    ("architecture", Reason("the AMI and the instance types have different architectures",
     "Choose another AMI, or other instance_types.")),
    ("subnet", Reason("a subnet is gone", "Name the ones there are under network.subnets.")),
    ("security group", Reason("a security group is gone", "invoke register-env finds or makes another.")),
    ("key pair", Reason("the key pair is gone", "Name another under key_pair, or none.")),
)  # fmt: skip


def explain(status_reason: str) -> Reason:
    """The reason behind a compute environment's statusReason; for one that nobody foresaw, AWS's own words."""
    lowered = status_reason.lower()
    for words, reason in _KNOWN:
        if words.lower() in lowered:
            return reason
    return Reason(status_reason, 'See statusReason, and "Troubleshooting" in the AWS Batch User Guide.')
