"""Whether the caller of RunInstances may have volumes encrypted with a customer's key: EC2 asks KMS in its name.

Without it the launch is accepted, and the instance ends with Client.InternalError. The AWS managed key lets all of the
account in. Sources: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html (permissions for
users), https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html (kms:GrantIsForAWSResource,
kms:ViaService)
"""

from sandbox.iam.callers import find_caller
from sandbox.iam.evaluation.decide import find_denial
from sandbox.iam.evaluation.policy import Question
from sandbox.world.world import World

_ACTIONS = ("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")


def find_denied(world: World, access_key: str, region: str, key_arn: str) -> str | None:
    """Find the first action that the caller may not do with the key; None when it may do all of them."""
    caller = find_caller(world, access_key)
    if caller is None:
        return None
    context = {
        "kms:grantisforawsresource": ("true",),
        "kms:viaservice": (f"ec2.{region}.amazonaws.com",),
        **caller.known(region),
    }
    for action in _ACTIONS:
        if find_denial(caller.policies, caller.boundary, Question(action, key_arn, context)):
            return action
    return None
