"""What registering launch templates needs to be allowed; EC2 knows Kiln's by their tag.

Source: "Actions, resources, and condition keys for Amazon EC2", Service Authorization Reference.
"""

from cloud import tags
from cloud.policy import Permission, Scope, has_tag

_LOOK = (
    "batch:DescribeComputeEnvironments", "ec2:DescribeImages", "ec2:DescribeLaunchTemplates",
    "ec2:DescribeLaunchTemplateVersions",
)  # fmt: skip
_CHANGE = (
    "ec2:CreateLaunchTemplateVersion", "ec2:CreateTags", "ec2:DeleteLaunchTemplate",
    "ec2:DeleteLaunchTemplateVersions", "ec2:DeleteTags", "ec2:ModifyLaunchTemplate",
)  # fmt: skip


def needs(scope: Scope) -> tuple[Permission, ...]:
    """The permissions of EC2 and AWS Batch, in the order in which a registration comes to need them."""
    templates = scope.ec2("launch-template")
    asked, ours = has_tag(tags.TEMPLATE, on="Request"), has_tag(tags.TEMPLATE)
    created = {"StringEquals": {"ec2:CreateAction": "CreateLaunchTemplate"}}
    return (
        Permission("TemplatesLook", _LOOK),
        Permission("TemplatesMake", ("ec2:CreateLaunchTemplate",), templates, asked),
        Permission("TemplatesTagNew", ("ec2:CreateTags",), templates, {**asked, **created}),
        Permission("TemplatesOwn", _CHANGE, templates, ours),
    )
