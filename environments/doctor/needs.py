"""What the doctor needs to be allowed beyond what registering environments needs: read calls alone.

Source: the pages for AWS Batch, Amazon ECS, IAM, AWS KMS, Service Quotas and SSM, Service Authorization Reference.
"""

from cloud.policy import Permission

_READ = (
    "batch:DescribeJobs", "batch:GetJobQueueSnapshot", "ecs:DescribeContainerInstances", "ecs:ListContainerInstances",
    "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRolePolicy", "iam:ListRolePolicies", "kms:GetKeyPolicy",
    "kms:ListGrants", "s3:GetBucketPolicy", "servicequotas:GetServiceQuota", "ssm:GetParameters",
)  # fmt: skip


def needs() -> tuple[Permission, ...]:
    return (Permission("Doctor", _READ),)
