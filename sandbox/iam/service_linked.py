"""The names of service-linked roles.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html and the page
"Using service-linked roles" of each service: AWS Batch, Amazon EC2 Spot Instances, EC2 Fleet, Amazon ECS, Auto Scaling
"""

_NAMES = {
    "autoscaling.amazonaws.com": "AutoScaling",
    "batch.amazonaws.com": "Batch",
    "ec2fleet.amazonaws.com": "EC2Fleet",
    "ecs.amazonaws.com": "ECS",
    "ecs.application-autoscaling.amazonaws.com": "ApplicationAutoScaling_ECSService",
    "eks.amazonaws.com": "AmazonEKS",
    "spot.amazonaws.com": "EC2Spot",
    "spotfleet.amazonaws.com": "EC2SpotFleet",
}
# "Custom suffixes are not allowed" except for these (API_CreateServiceLinkedRole).
TAKES_SUFFIX = frozenset({"autoscaling.amazonaws.com"})


def is_known(service: str) -> bool:
    return service in _NAMES


def make_role_name(service: str, suffix: str | None = None) -> str:
    """Make `AWSServiceRoleForBatch` of `batch.amazonaws.com`."""
    name = _NAMES.get(service) or service.partition(".")[0].capitalize()
    return f"AWSServiceRoleFor{name}" + (f"_{suffix}" if suffix else "")
