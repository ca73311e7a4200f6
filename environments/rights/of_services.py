"""What roles that AWS's services work through must be allowed: AWS Batch without its own role, Spot Fleet (pure).

Sources: AWSBatchServiceRole and AmazonEC2SpotFleetTaggingRole, AWS Managed Policy Reference: of their actions, those
without which no machine starts or none is ended; the pages of these services, Service Authorization Reference.
"""

from cloud.rights.demand import Ask, Demand
from environments.rights.of_machines import allow, known
from environments.rights.use import Use

_LOOK = (
    "autoscaling:DescribeAutoScalingGroups", "ec2:DescribeImages", "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
)  # fmt: skip
_FLEET_LOOK = ("ec2:DescribeImages", "ec2:DescribeInstanceStatus", "ec2:DescribeSubnets")
_GROUPS = (
    "autoscaling:CreateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup",
)  # fmt: skip
_CLUSTERS = ("ecs:CreateCluster", "ecs:DeleteCluster", "ecs:DescribeClusters")


def demand_of_batch(role: str, use: Use, instance_role: str) -> Demand:
    """Say what the role of AWS Batch needs; `instance_role` is the ARN of the machines' role, which Batch passes on."""
    name = use.cluster.rpartition("/")[2]
    group = use.arn("autoscaling", f"autoScalingGroup:{'0' * 8}:autoScalingGroupName/{name}")
    asks = (
        Ask(_LOOK), Ask(_GROUPS, (group,)), Ask(_CLUSTERS, (use.cluster,)),
        Ask(("ec2:RunInstances", "ec2:TerminateInstances"), (_machine(use),)), _passing(instance_role),
    )  # fmt: skip
    loss = "AWS Batch can start no machines, or end none"
    whole = allow((Ask((*_LOOK, *_GROUPS, *_CLUSTERS, "ec2:RunInstances", "ec2:TerminateInstances", "iam:PassRole")),))
    return Demand(role, "kiln-batch", loss, use.managed("service-role/AWSBatchServiceRole"), whole, asks, _context(use))


def demand_of_spot_fleet(role: str, use: Use, instance_role: str) -> Demand:
    """Say what the Spot fleet role needs."""
    machine = Ask(("ec2:CreateTags", "ec2:RunInstances", "ec2:TerminateInstances"), (_machine(use),))
    policy = use.managed("service-role/AmazonEC2SpotFleetTaggingRole")
    whole = allow((Ask((*_FLEET_LOOK, *machine.actions, "ec2:RequestSpotInstances", "iam:PassRole")),))
    asks = (Ask(_FLEET_LOOK), machine, _passing(instance_role))
    return Demand(role, "kiln-spot-fleet", "no Spot machine starts", policy, whole, asks, _context(use))


def _machine(use: Use) -> str:
    return use.arn("ec2", "instance/i-00000000000000000")


def _passing(instance_role: str) -> Ask:
    return Ask(("iam:PassRole",), (instance_role,), f"the role {instance_role.rpartition('/')[2]}")


def _context(use: Use) -> dict[str, tuple[str, ...]]:
    passed = ("ec2.amazonaws.com.cn" if use.partition == "aws-cn" else "ec2.amazonaws.com",)
    return {**known(use), "iam:PassedToService": passed, "ec2:CreateAction": ("RunInstances",)}
