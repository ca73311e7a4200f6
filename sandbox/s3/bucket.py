"""A bucket as the sandbox keeps it: made as S3 makes it since 2023, and with a policy whose conditions count.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html (AES256 since January 2023)
and create-bucket-faq.html (public access blocked, bucket owner enforced, since April 2023);
https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html (aws:SecureTransport). The offline
AWS is reached over plain HTTP on loopback, in the place of TLS: its requests are secure transport to policies, or the
policy that every bucket should have would shut everybody out.
"""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, PublicAccessBlock

from sandbox.iam.evaluation.policy import Question, applies, read_statements
from sandbox.s3 import encryption


class Bucket(FakeBucket):
    """moto's, in the state in which moto made it, with S3's present defaults."""

    def __init__(self, made: FakeBucket) -> None:
        self.__dict__.update(made.__dict__)
        self.public_access_block = PublicAccessBlock(*("true",) * 4)
        self.encryption = encryption.make_default()
        self.ownership_rule: Any = "BucketOwnerEnforced"  # moto keeps the text alone

    def get_permission(self, action: str, resource: str) -> PermissionResult:
        """Evaluate the policy. To moto's own, a Deny is a Deny whatever its conditions say."""
        question = Question(action, resource, {"aws:securetransport": ("true",)})
        policy = read_statements(self.policy.decode() if self.policy else "")
        effects = {statement.get("Effect") for statement in policy if applies(statement, question)}
        if "Deny" in effects:
            return PermissionResult.DENIED
        return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL
