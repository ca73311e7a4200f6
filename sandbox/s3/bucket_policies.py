"""Law: the conditions of a bucket's policy count.

The offline AWS is reached over plain HTTP on loopback, in the place of TLS: its requests are secure transport to
policies, or the policy that every bucket should have would shut everybody out.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html (aws:SecureTransport)
"""

from typing import Any

from moto.iam.access_control import PermissionResult

from sandbox.iam.evaluation.policy import Question, applies, statements


def get_permission(self: Any, action: str, resource: str) -> PermissionResult:
    """In the place of moto's, to which a Deny is a Deny whatever its conditions say."""
    found = statements(self.policy.decode() if self.policy else "")
    question = Question(action, resource, {"aws:securetransport": ("true",)})
    said = {each.get("Effect") for each in found if applies(each, question)}
    if "Deny" in said:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in said else PermissionResult.NEUTRAL
