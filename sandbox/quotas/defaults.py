"""A stand-in for the account's quotas: the defaults that AWS gives, for the services that Kiln meets.

Sources: https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html,
https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html (vCPUs). A young account has less; the
figures here are of one that has been used for a while.
"""

from dataclasses import dataclass

BATCH_ENVIRONMENTS = "L-144F0CA5"
BATCH_QUEUES = "L-4CEA37AD"
BATCH_ENVIRONMENTS_PER_QUEUE = "L-F8102809"
STANDARD, STANDARD_SPOT = "L-1216C47A", "L-34B43A08"


@dataclass(frozen=True)
class Quota:
    """`value` is in `unit`s: a number of things, or vCPUs."""

    service: str
    code: str
    name: str
    value: float
    unit: str = "None"
    adjustable: bool = True


DEFAULTS = (
    Quota("batch", BATCH_ENVIRONMENTS, "Compute environment limit", 50),
    Quota("batch", BATCH_QUEUES, "Job queue limit", 50),
    Quota("batch", BATCH_ENVIRONMENTS_PER_QUEUE, "Compute environments per job queue limit.", 3, adjustable=False),
    Quota("ec2", STANDARD, "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 640),
    Quota("ec2", STANDARD_SPOT, "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 640),
    Quota("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances", 64),
    Quota("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests", 64),
    Quota("ec2", "L-417A185B", "Running On-Demand P instances", 64),
    Quota("ec2", "L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", 64),
)
SERVICES = {"batch": "AWS Batch", "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)"}
